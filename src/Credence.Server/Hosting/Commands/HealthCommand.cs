using System.CommandLine;
using System.Net;
using System.Text.Json;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence health</c>: what an image's health check runs, so that the image needs no other program for it (contract operations O5).</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The command.</summary>
    public static Command Command(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var command = new Command("health", "Asks the server that runs with these settings for /livez; exits 1 when it does not answer 200 within two seconds.") { json };
        command.SetAction((parsed, ct) => RunAsync(AddressOf(settings), parsed.GetValue(json), ct));
        return command;
    }

    /// <summary>Where a program on the same machine reaches the server: a listener on every address is asked on the loopback.</summary>
    internal static Uri AddressOf(SettingValues settings)
    {
        var host = settings.Of(NetworkSettings.Host);
        if (host.Equals(IPAddress.Any)) host = IPAddress.Loopback;
        if (host.Equals(IPAddress.IPv6Any)) host = IPAddress.IPv6Loopback;
        return new Uri($"http://{new IPEndPoint(host, settings.Of(NetworkSettings.Port))}/livez");
    }

    private static async Task<int> RunAsync(Uri live, bool json, CancellationToken ct)
    {
        var status = await StatusAsync(live, ct);
        if (json) Console.Out.WriteLine(JsonSerializer.Serialize(new LivenessShown(status == HttpStatusCode.OK, live.ToString(), (int?)status), ToolJson.Default.LivenessShown));
        return status == HttpStatusCode.OK ? 0 : 1;
    }

    /// <returns>The status of the answer; null when there is none.</returns>
    private static async Task<HttpStatusCode?> StatusAsync(Uri live, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(live, ct);
            if (answer.StatusCode != HttpStatusCode.OK) await Console.Error.WriteLineAsync($"{live} answered {(int)answer.StatusCode}");
            return answer.StatusCode;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{live} does not answer: {error.Message}");
            return null;
        }
    }
}

/// <summary>Whether the server lives, as the command shows it; without a status when nobody answered.</summary>
internal sealed record LivenessShown(bool Live, string Address, int? Status);
