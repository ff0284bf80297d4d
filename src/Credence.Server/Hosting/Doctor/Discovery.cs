using System.Text.Json;

namespace Credence.Server.Hosting.Doctor;

/// <summary>What a server calls itself in its discovery document (OpenID Connect Discovery 4).</summary>
internal static class Discovery
{
    /// <returns>Its <c>issuer</c>; null when there is no such document.</returns>
    public static async Task<string?> IssuerAsync(HttpClient http, string address, CancellationToken ct)
    {
        using var answer = await http.GetAsync(new Uri($"{address}/.well-known/openid-configuration"), ct);
        if (!answer.IsSuccessStatusCode) return null;
        await using var body = await answer.Content.ReadAsStreamAsync(ct);
        using var document = await JsonDocument.ParseAsync(body, cancellationToken: ct);
        return document.RootElement is { ValueKind: JsonValueKind.Object } root && root.TryGetProperty("issuer", out var said) ? said.ToString() : "";
    }
}
