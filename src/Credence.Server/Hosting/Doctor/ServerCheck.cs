using System.Text.Json;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Doctor;

/// <summary>The running server, asked where everybody asks it: at PUBLIC_BASE_URL.</summary>
internal static class ServerCheck
{
    private const string Check = "server";

    /// <summary>Asks whether it is ready, and what it calls itself.</summary>
    public static async Task RunAsync(SettingValues settings, TimeSpan patience, Examination found, CancellationToken ct)
    {
        var address = settings.Of(NetworkSettings.PublicBaseUrl).TrimEnd('/');
        using var http = new HttpClient { Timeout = patience };
        try
        {
            using var ready = await http.GetAsync(new Uri($"{address}/readyz"), ct);
            if (!ready.IsSuccessStatusCode)
            {
                found.Found(Check, "it is not ready", $"{address}/readyz answers {(int)ready.StatusCode} {await BeginningAsync(ready, ct)}", "mend what it names: docs/operations.md, a node is not ready");
            }

            await IssuerAsync(http, settings, address, found, ct);
            found.Looked($"server: {address}");
        }
        catch (Exception error) when (!ct.IsCancellationRequested && error is HttpRequestException or TaskCanceledException or JsonException)
        {
            found.Found(Check, "nobody answers where callers look for it", $"{address}: {error.Message}", "start the server, or correct PUBLIC_BASE_URL; before the first start, --offline leaves this out");
        }
    }

    private static async Task IssuerAsync(HttpClient http, SettingValues settings, string address, Examination found, CancellationToken ct)
    {
        if (await Discovery.IssuerAsync(http, address, ct) is not { } issuer) return; // no door that has one is open
        if (issuer == settings.Of(NetworkSettings.JwtIssuer)) return;
        found.Found(
            Check, "it runs with other settings than these, or another server is there", $"it calls itself {issuer}, and JWT_ISSUER is {settings.Of(NetworkSettings.JwtIssuer)}",
            "give this command the server's settings, or restart the server with these");
    }

    private static async Task<string> BeginningAsync(HttpResponseMessage answer, CancellationToken ct)
    {
        var text = await answer.Content.ReadAsStringAsync(ct);
        return text.Length <= 200 ? text : text[..200];
    }
}
