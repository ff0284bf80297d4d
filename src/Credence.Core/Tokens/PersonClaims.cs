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
    /// <summary><c>amr</c> and <c>acr</c>: how they signed in; null for a session from before that was kept.</summary>
    public Authentication? How { get; init; }

    /// <summary><c>auth_time</c>: when, whole seconds; it is there where <see cref="How"/> is.</summary>
    public DateTimeOffset? SignedInAt { get; init; }

    /// <summary>The payload: plain ASCII JSON.</summary>
    public ReadOnlyMemory<byte> ToJson() => TokenJson.Write(json =>
    {
        json.WriteString("iss", Issuer);
        json.WriteString("aud", Audience);
        json.WriteString("sub", Person.ToString());
        json.WriteString("userId", Person.ToString());
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
        json.WriteString("clientId", ClientId);
        json.WriteString("organizerIds", ""); // whoever has such scopes of their own adds them: this server knows none
        json.WriteString("merchantIds", "");
        json.WriteString("sid", Session.ToString());
        json.WriteString("jti", Token.Value);
        json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("nbf", IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
        if (How is null || SignedInAt is null) return;
        json.WriteNumber("auth_time", SignedInAt.Value.ToUnixTimeSeconds());
        json.WriteString("acr", How.Worth);
        json.WriteTexts("amr", How.Methods);
    });

    /// <summary>Reads the payload of a token whose signature was checked.</summary>
    /// <returns>Null when a required claim is missing or of another type.</returns>
    public static PersonClaims? Read(ReadOnlyMemory<byte> payload) => TokenJson.Read(payload, claims =>
    {
        var subject = claims.Text("sub");
        if (!PersonId.TryParse(subject, out var person) || claims.Text("userId") != subject) return null;
        return new PersonClaims(
            claims.Text("iss"), claims.Text("aud"), person, Id<PersonSession>.Parse(claims.Text("sid")), claims.GetProperty("clientId").GetString(),
            [.. claims.GetProperty("roles").EnumerateArray().Select(role => new ClaimedRole(role.Text("id"), role.Text("identifier"), role.GetProperty("priority").GetInt32()))],
            new Id<PersonToken>(claims.GetProperty("jti").GetGuid()), claims.Time("iat"), claims.Time("exp"))
        {
            How = claims.TryGetProperty("amr", out var methods) ? new Authentication([.. methods.EnumerateArray().Select(method => method.GetString()!)]) : null,
            SignedInAt = claims.TryGetProperty("auth_time", out _) ? claims.Time("auth_time") : null,
        };
    });
}
