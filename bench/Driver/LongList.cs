using System.Diagnostics;
using System.Net.Http.Headers;

namespace Credence.Bench;

/// <summary>Takes a long answer as fast as it comes, and looks at the server's memory meanwhile.</summary>
/// <param name="Megabytes">How much came.</param>
/// <param name="Time">How long it took.</param>
/// <param name="Peak">The most the server held in memory, in megabytes.</param>
internal sealed record LongList(double Megabytes, TimeSpan Time, double Peak)
{
    /// <summary>A part of any list in which there is nothing.</summary>
    private const string Nothing = "?until=2000-01-01T00:00:00Z";

    /// <summary>Takes it whole: what came, and by how much the server grew.</summary>
    public static async Task<(LongList Taken, double Growth)> TakeAsync(ServerUnderLoad server, string path, CancellationToken ct)
    {
        await server.CallAsync(HttpMethod.Get, path + Nothing, null, ct); // code that runs for the first time takes memory too
        var before = server.ResidentMegabytes();
        var taken = await TakeAsync(server, path, Task.Delay(Timeout.Infinite, ct), ct);
        return (taken, taken.Peak - before);
    }

    /// <summary>Takes it whole, or as much as comes before <paramref name="enough"/>.</summary>
    public static async Task<LongList> TakeAsync(ServerUnderLoad server, string path, Task enough, CancellationToken ct)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Port}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ServerUnderLoad.ApiKey);
        var began = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[1 << 20];
        var (total, peak) = (0L, server.ResidentMegabytes());
        while (!enough.IsCompleted && await body.ReadAsync(buffer, ct) is > 0 and var count)
        {
            total += count;
            peak = Math.Max(peak, server.ResidentMegabytes());
        }

        return new LongList(total / 1e6, Stopwatch.GetElapsedTime(began), peak);
    }
}
