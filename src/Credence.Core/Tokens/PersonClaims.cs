using System.Buffers;
using System.Text.Json;
using Credence.People;

namespace Credence.Tokens;

/// <summary>A role as a token names it (contract identity B.1).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Identifier">Its name for programs: <c>ADMIN</c>.</param>
/// <param name="Priority">Its rank: the higher, the more.</param>
public sealed record ClaimedRole(string Id, string Identifier, int Priority);

/// <summary>What a person's token says (contract identity B.5; RFC 9068 2.2).</summary>
/// <param name="Issuer"><c>iss</c>: the installation.</param>
/// <param name="Audience"><c>aud</c>: its people door.</param>
/// <param name="Person"><c>sub</c> and <c>userId</c>.</param>
/// <param name="Session"><c>sid</c>: the session that it is of.</param>
/// <param name="ClientId"><c>clientId</c>: the program they say they use, or null.</param>
/// <param name="Roles"><c>roles</c>, as they were when it was signed.</param>
/// <param name="Token"><c>jti</c>: this token.</param>
/// <param name="IssuedAt"><c>iat</c> and <c>nbf</c>, whole seconds.</param>
/// <param name="ExpiresAt"><c>exp</c>, whole seconds.</param>
public sealed record PersonClaims(
    string Issuer,
    string Audience,
    PersonId Person,
    Id<PersonSession> Session,
    string? ClientId,
    IReadOnlyList<ClaimedRole> Roles,
    Id<PersonToken> Token,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt)
{
    private static readonly JsonDocumentOptions EachMemberOnce = new() { AllowDuplicateProperties = false }; // RFC 7519 section 4

    /// <summary>The payload: plain ASCII JSON.</summary>
    public ReadOnlyMemory<byte> ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, TokenJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("iss", Issuer);
            json.WriteString("aud", Audience);
            json.WriteString("sub", Person.ToString());
            json.WriteString("userId", Person.ToString());
            WriteRoles(json);
            json.WriteString("clientId", ClientId);
            json.WriteString("organizerIds", ""); // whoever has such scopes of their own adds them: this server knows none
            json.WriteString("merchantIds", "");
            json.WriteString("sid", Session.ToString());
            json.WriteString("jti", Token.Value);
            json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("nbf", IssuedAt.ToUnixTimeSeconds());
            json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads the payload of a token whose signature was checked.</summary>
    /// <returns>Null when a required claim is missing or of another type.</returns>
    public static PersonClaims? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var parsed = JsonDocument.Parse(payload, EachMemberOnce);
            var claims = parsed.RootElement;
            var subject = Text(claims, "sub");
            if (!PersonId.TryParse(subject, out var person) || Text(claims, "userId") != subject) return null;
            return new PersonClaims(
                Text(claims, "iss"), Text(claims, "aud"), person, Id<PersonSession>.Parse(Text(claims, "sid")), claims.GetProperty("clientId").GetString(),
                [.. claims.GetProperty("roles").EnumerateArray().Select(role => new ClaimedRole(Text(role, "id"), Text(role, "identifier"), role.GetProperty("priority").GetInt32()))],
                new Id<PersonToken>(claims.GetProperty("jti").GetGuid()), Time(claims, "iat"), Time(claims, "exp"));
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException or KeyNotFoundException)
        {
            return null;
        }
    }

    private void WriteRoles(Utf8JsonWriter json)
    {
        json.WriteStartArray("roles");
        foreach (var role in Roles)
        {
            json.WriteStartObject();
            json.WriteString("id", role.Id);
            json.WriteString("identifier", role.Identifier);
            json.WriteNumber("priority", role.Priority);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Text(JsonElement claims, string name) => claims.GetProperty(name).GetString() ?? throw new FormatException(name);

    private static DateTimeOffset Time(JsonElement claims, string name) => DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty(name).GetInt64());
}
