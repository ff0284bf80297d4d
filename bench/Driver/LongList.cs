using System.Diagnostics;
using System.Net.Http.Headers;

namespace Credence.Bench;

/// <summary>Takes a long answer as fast as it comes, and looks at the server's memory meanwhile.</summary>
internal static class LongList
{
    /// <summary>Takes it whole.</summary>
    public static async Task<(double Megabytes, TimeSpan Time, double Growth)> TakeAsync(ServerUnderLoad server, string path, CancellationToken ct)
    {
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{server.Port}{path}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", ServerUnderLoad.ApiKey);
        await server.CallAsync(HttpMethod.Get, path + "?limit=1000", null, ct); // code that runs for the first time takes memory too
        var before = server.ResidentMegabytes();
        var began = Stopwatch.GetTimestamp();
        using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync(ct);
        var buffer = new byte[1 << 20];
        var (total, most) = (0L, before);
        while (await body.ReadAsync(buffer, ct) is > 0 and var count)
        {
            total += count;
            most = Math.Max(most, server.ResidentMegabytes());
        }

        return (total / 1e6, Stopwatch.GetElapsedTime(began), most - before);
    }
}
