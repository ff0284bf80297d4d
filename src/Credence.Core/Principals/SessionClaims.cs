using System.Buffers;
using System.Text.Json;
using Credence.Organizations;
using Credence.Tokens;

namespace Credence.Principals;

/// <summary>What a session token says (contract grantex 5.4), and a <c>jti</c> besides, by which it can be ended.</summary>
internal static class SessionClaims
{
    private const string Purpose = "principal_dashboard";

    private static readonly JsonDocumentOptions EachMemberOnce = new() { AllowDuplicateProperties = false }; // RFC 7519 section 4

    /// <summary>The payload: plain ASCII JSON.</summary>
    public static ReadOnlyMemory<byte> Write(PrincipalSession session, string issuer)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, TokenJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("iss", issuer);
            json.WriteString("sub", session.Principal);
            json.WriteString("dev", session.Organization.ToString());
            json.WriteString("purpose", Purpose);
            json.WriteString("jti", session.Id.ToString());
            json.WriteNumber("iat", session.CreatedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp", session.ExpiresAt.ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads the payload of a token whose signature was checked.</summary>
    /// <returns>Null when a claim is missing, of another type, or another issuer's or purpose's.</returns>
    public static PrincipalSession? Read(ReadOnlyMemory<byte> payload, string issuer)
    {
        try
        {
            using var parsed = JsonDocument.Parse(payload, EachMemberOnce);
            var claims = parsed.RootElement;
            if (Text(claims, "iss") != issuer || Text(claims, "purpose") != Purpose) return null;
            return new PrincipalSession(
                Id<PrincipalSession>.Parse(Text(claims, "jti")), Id<Organization>.Parse(Text(claims, "dev")), Text(claims, "sub"),
                Time(claims, "iat"), Time(claims, "exp"));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException or KeyNotFoundException)
        {
            return null;
        }
    }

    private static string Text(JsonElement claims, string name) => claims.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static DateTimeOffset Time(JsonElement claims, string name) => DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty(name).GetInt64());
}
