using Credence.Agents;
using Credence.Credentials;
using Credence.Organizations;

namespace Credence.Tokens;

/// <summary>What an access token of the agents door says (contract agent-idp B.1; RFC 9068 2.2).</summary>
/// <param name="Issuer"><c>iss</c>: the installation.</param>
/// <param name="Audience"><c>aud</c>: its agents door.</param>
/// <param name="Agent"><c>client_id</c>: the agent that holds it; <c>sub</c> too, unless the token was exchanged.</param>
/// <param name="Organization"><c>organization_id</c>: the agent's.</param>
/// <param name="Scopes"><c>scope</c>: what it allows.</param>
/// <param name="Token"><c>jti</c>: this token.</param>
/// <param name="IssuedAt"><c>iat</c>, whole seconds.</param>
/// <param name="ExpiresAt"><c>exp</c>, whole seconds.</param>
/// <param name="Credential"><c>cid</c>: what the agent proved itself with; not there when it was its own key.</param>
public sealed record AccessClaims(
    string Issuer,
    string Audience,
    Id<Agent> Agent,
    Id<Organization> Organization,
    IReadOnlyList<string> Scopes,
    Id<AccessToken> Token,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt,
    Id<Credential>? Credential)
{
    /// <summary>What an exchanged token came of; null for one that the agent got for itself.</summary>
    public TokenDescent? Descent { get; init; }

    /// <summary><c>sub</c>: whose authority it carries.</summary>
    public Id<Agent> Subject => Descent is { } descent ? descent.Parties[0] : Agent;

    /// <summary>What says that the agent belongs to the organization.</summary>
    public Id<Membership> Membership { get; } = Agents.Membership.IdOf(Organization, Agent);

    /// <summary>The scopes as one text.</summary>
    public string Scope => string.Join(' ', Scopes);

    /// <summary>Who calls with this token.</summary>
    public AgentCaller ToCaller() => new(Agent, Organization, Scopes, Credential, Token, ExpiresAt)
    {
        OnBehalfOf = Subject == Agent ? null : Subject,
    };

    /// <summary>The payload: plain ASCII JSON.</summary>
    public ReadOnlyMemory<byte> ToJson() => TokenJson.Write(json =>
    {
        json.WriteString("iss", Issuer);
        json.WriteString("aud", Audience);
        json.WriteString("sub", Subject.Value);
        json.WriteString("client_id", Agent.Value);
        json.WriteString("organization_id", Organization.Value);
        json.WriteString("scope", Scope);
        json.WriteString("jti", Token.Value);
        json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
        if (Credential is { } credential) json.WriteString("cid", credential.Value);
        Descent?.Write(json);
    });

    /// <summary>Reads the payload of a token whose signature was checked.</summary>
    /// <returns>Null when a required claim is missing or of another type.</returns>
    public static AccessClaims? Read(ReadOnlyMemory<byte> payload) => TokenJson.Read(payload, static claims =>
    {
        var (subject, holder) = (new Id<Agent>(claims.GetProperty("sub").GetGuid()), new Id<Agent>(claims.GetProperty("client_id").GetGuid()));
        var descent = TokenDescent.Read(claims);
        if (holder != (descent?.Parties[^1] ?? subject)) return null;
        return new AccessClaims(
            claims.Text("iss"), claims.Text("aud"), holder, new Id<Organization>(claims.GetProperty("organization_id").GetGuid()),
            claims.Text("scope").Split(' ', StringSplitOptions.RemoveEmptyEntries), new Id<AccessToken>(claims.GetProperty("jti").GetGuid()),
            claims.Time("iat"), claims.Time("exp"), claims.TryGetProperty("cid", out var credential) ? new Id<Credential>(credential.GetGuid()) : null)
        {
            Descent = descent,
        };
    });
}
