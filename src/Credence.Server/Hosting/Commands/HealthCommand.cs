using System.CommandLine;
using System.Net;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence health</c>: what an image's health check runs, so that the image needs no other program for it (contract operations O5).</summary>
internal static class HealthCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>The command.</summary>
    public static Command Command(SettingValues settings)
    {
        var command = new Command("health", "Asks the server that runs with these settings for /livez; exits 1 when it does not answer 200 within two seconds.");
        command.SetAction((_, ct) => RunAsync(AddressOf(settings), ct));
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

    private static async Task<int> RunAsync(Uri live, CancellationToken ct)
    {
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = Patience };
        try
        {
            using var answer = await http.GetAsync(live, ct);
            if (answer.StatusCode == HttpStatusCode.OK) return 0;
            await Console.Error.WriteLineAsync($"{live} answered {(int)answer.StatusCode}");
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            await Console.Error.WriteLineAsync($"{live} does not answer: {error.Message}");
        }

        return 1;
    }
}
