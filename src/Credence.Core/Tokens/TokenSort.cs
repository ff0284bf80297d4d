using System.Text.Json;

namespace Credence.Tokens;

/// <summary>
/// Which kind a token says it is of, for whoever takes several. Nothing is believed by this: it only chooses who checks, and whoever checks takes only its own kind.
/// </summary>
public static class TokenSort
{
    /// <returns>The kind; null for one that nobody shows to others, or no token at all.</returns>
    public static TokenKind? Of(string token, TokenOptions options)
    {
        if (Jws.Open(token, out var jws) is not null) return null;
        if (jws.Typ == TokenKinds.Grant.Typ) return TokenKinds.Grant;
        if (jws.Typ == TokenKinds.Forward.Typ) return TokenKinds.Forward;
        if (jws.Typ == TokenKinds.Visit.Typ) return TokenKinds.Visit;
        if (jws.Typ != TokenKinds.Person.Typ) return null;
        return AudienceOf(jws.Parts.Payload) == options.PeopleAudience ? TokenKinds.Person : TokenKinds.Access;
    }

    private static string? AudienceOf(byte[] payload)
    {
        try
        {
            using var claims = JsonDocument.Parse(payload);
            return claims.RootElement.ValueKind == JsonValueKind.Object && claims.RootElement.TryGetProperty("aud", out var audience) && audience.ValueKind == JsonValueKind.String
                ? audience.GetString()
                : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) // the latter: a string that is no Unicode
        {
            return null;
        }
    }
}
