using System.Text.Json;
using Credence.Agents;
using Credence.Grants;
using Credence.Organizations;

namespace Credence.Tokens;

/// <summary>What a grant token says (contract grantex 5.1).</summary>
/// <param name="Issuer"><c>iss</c>: the installation.</param>
/// <param name="Subject"><c>sub</c>: the person, by the organization's name for them.</param>
/// <param name="Agent"><c>agt</c>: the agent, as a DID.</param>
/// <param name="Organization"><c>dev</c>: the organization.</param>
/// <param name="Scopes"><c>scp</c>: what it allows, in the order granted.</param>
/// <param name="Grant"><c>grnt</c>: the grant it speaks for.</param>
/// <param name="Token"><c>jti</c>: this token.</param>
/// <param name="IssuedAt"><c>iat</c>, whole seconds.</param>
/// <param name="ExpiresAt"><c>exp</c>, whole seconds.</param>
/// <param name="Audience"><c>aud</c>: the service it is for, or null.</param>
/// <param name="ParentAgent"><c>parentAgt</c>: who delegated, as a DID, or null.</param>
/// <param name="ParentGrant"><c>parentGrnt</c>: the grant delegated from, or null.</param>
/// <param name="Depth"><c>delegationDepth</c>: 0 for what a person gave, and then not written.</param>
public sealed record GrantClaims(
    string Issuer,
    string Subject,
    Id<Agent> Agent,
    Id<Organization> Organization,
    IReadOnlyList<string> Scopes,
    Id<Grant> Grant,
    Id<GrantToken> Token,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    string? Audience,
    Id<Agent>? ParentAgent,
    Id<Grant>? ParentGrant,
    int Depth)
{
    /// <summary>The payload of the token: plain ASCII JSON.</summary>
    public ReadOnlyMemory<byte> ToJson() => TokenJson.Write(Write);

    /// <summary>Writes the claims into an object that is open.</summary>
    public void Write(Utf8JsonWriter json)
    {
        json.WriteString("iss", Issuer);
        json.WriteString("sub", Subject);
        json.WriteString("agt", Agents.Agent.DidOf(Agent));
        json.WriteString("dev", Organization.ToString());
        json.WriteTexts("scp", Scopes);
        json.WriteString("grnt", Grant.ToString());
        json.WriteString("jti", Token.ToString());
        json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
        if (Audience is not null) json.WriteString("aud", Audience);
        if (ParentAgent is { } agent) json.WriteString("parentAgt", Agents.Agent.DidOf(agent));
        if (ParentGrant is { } grant) json.WriteString("parentGrnt", grant.ToString());
        if (Depth > 0) json.WriteNumber("delegationDepth", Depth);
    }

    /// <summary>Reads the payload of a token whose signature was checked.</summary>
    /// <returns>Null when a required claim is missing or of another type.</returns>
    public static GrantClaims? Read(ReadOnlyMemory<byte> payload) => TokenJson.Read(payload, Read);

    private static GrantClaims Read(JsonElement claims) => new(
        claims.Text("iss"),
        claims.Text("sub"),
        AgentOf(claims.Text("agt")),
        Id<Organization>.Parse(claims.Text("dev")),
        [.. claims.GetProperty("scp").EnumerateArray().Select(scope => scope.GetString() ?? throw new FormatException("scp"))],
        Id<Grant>.Parse(claims.Text("grnt")),
        Id<GrantToken>.Parse(claims.Text("jti")),
        claims.Time("iat"),
        claims.Time("exp"),
        claims.TryGetProperty("aud", out var audience) ? audience.GetString() : null,
        claims.TryGetProperty("parentAgt", out _) ? AgentOf(claims.Text("parentAgt")) : null,
        claims.TryGetProperty("parentGrnt", out _) ? Id<Grant>.Parse(claims.Text("parentGrnt")) : null,
        claims.TryGetProperty("delegationDepth", out var depth) ? depth.GetInt32() : 0);

    private static Id<Agent> AgentOf(string did) => did.StartsWith(Agents.Agent.DidPrefix, StringComparison.Ordinal)
        ? Id<Agent>.Parse(did[Agents.Agent.DidPrefix.Length..])
        : throw new FormatException("agt");
}

/// <summary>A token issued for a grant.</summary>
public sealed class GrantToken : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "tok_";
}
