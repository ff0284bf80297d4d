using System.Text.Json;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Doctor;

/// <summary>
/// An issuer of another name than the server's address (contract operations O10): that is a choice, and no fault. But standard clients look for the discovery document under the
/// issuer, and refuse one that calls itself by another name, so it is told whether they find it.
/// </summary>
internal static class IssuerCheck
{
    /// <summary>Asks at the issuer's address, where it is another one.</summary>
    public static async Task RunAsync(SettingValues settings, bool asksOutside, TimeSpan patience, Examination found, CancellationToken ct)
    {
        var (issuer, address) = (settings.Of(NetworkSettings.JwtIssuer), settings.Of(NetworkSettings.PublicBaseUrl));
        if (issuer == address) return;
        var seen = asksOutside ? await LookAsync(issuer, patience, ct) : "was not looked at";
        if (seen is null) found.Looked($"issuer: {issuer}");
        else found.Noted($"settings: tokens name the issuer {issuer} (JWT_ISSUER), this server is at {address} (PUBLIC_BASE_URL); standard clients want {issuer}/.well-known/openid-configuration, which {seen}");
    }

    /// <returns>The end of a sentence; null when all is as clients want it.</returns>
    private static async Task<string?> LookAsync(string issuer, TimeSpan patience, CancellationToken ct)
    {
        using var http = new HttpClient { Timeout = patience };
        try
        {
            var said = await Discovery.IssuerAsync(http, issuer, ct);
            return said == issuer ? null : said is null ? "is not there" : "names another issuer";
        }
        catch (Exception error) when (!ct.IsCancellationRequested && error is HttpRequestException or TaskCanceledException or JsonException)
        {
            return $"cannot be had: {error.Message.TrimEnd('.')}";
        }
    }
}
