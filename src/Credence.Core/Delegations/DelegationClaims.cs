using System.Text.Json;
using Credence.Agents;
using Credence.Organizations;
using Credence.Tokens;

namespace Credence.Delegations;

/// <summary>What a delegation token says (contract agent-idp AE-36).</summary>
/// <param name="Issuer"><c>iss</c>: the installation.</param>
/// <param name="Id"><c>jti</c>: the delegation.</param>
/// <param name="Organization"><c>organization_id</c>: whose agents they are.</param>
/// <param name="Parties"><c>sub</c> is the first, whose authority it is; the others are nested in <c>act</c>, who holds it outermost (RFC 8693 4.1) and once more as <c>azp</c>.</param>
/// <param name="Scopes"><c>scope</c>: what it allows.</param>
/// <param name="IssuedAt"><c>iat</c>, whole seconds.</param>
/// <param name="ExpiresAt"><c>exp</c>, whole seconds.</param>
public sealed record DelegationClaims(
    string Issuer,
    Id<Delegation> Id,
    Id<Organization> Organization,
    IReadOnlyList<Id<Agent>> Parties,
    IReadOnlyList<string> Scopes,
    DateTimeOffset IssuedAt,
    DateTimeOffset ExpiresAt)
{
    /// <summary>Who passed the authority on.</summary>
    public Id<Agent> Delegator => Parties[^2];

    /// <summary>Who holds it.</summary>
    public Id<Agent> Delegatee => Parties[^1];

    /// <summary>What the token of <paramref name="delegation"/> says.</summary>
    public static DelegationClaims Of(Delegation delegation, string issuer) => new(
        issuer, delegation.Id, delegation.Organization, delegation.Parties, delegation.Scopes, delegation.IssuedAt, delegation.ExpiresAt);

    /// <summary>The payload of the token: plain ASCII JSON.</summary>
    public ReadOnlyMemory<byte> ToJson() => TokenJson.Write(json =>
    {
        json.WriteString("iss", Issuer);
        json.WriteString("sub", Parties[0].Value);
        json.WriteString("azp", Delegatee.Value);
        json.WriteString("organization_id", Organization.Value);
        json.WriteString("scope", string.Join(' ', Scopes));
        json.WriteString("jti", Id.Value);
        json.WriteNumber("iat", IssuedAt.ToUnixTimeSeconds());
        json.WriteNumber("exp", ExpiresAt.ToUnixTimeSeconds());
        ActorChain.Write(json, Parties);
    });

    /// <summary>Reads the payload of a token whose signature was checked.</summary>
    /// <returns>Null when a required claim is missing or of another type.</returns>
    public static DelegationClaims? Read(ReadOnlyMemory<byte> payload) => TokenJson.Read(payload, Read);

    private static DelegationClaims Read(JsonElement claims) => new(
        claims.Text("iss"), new Id<Delegation>(claims.GetProperty("jti").GetGuid()), new Id<Organization>(claims.GetProperty("organization_id").GetGuid()),
        PartiesOf(claims), claims.Text("scope").Split(' '), claims.Time("iat"), claims.Time("exp"));

    private static IReadOnlyList<Id<Agent>> PartiesOf(JsonElement claims) =>
        ActorChain.Read(claims) is { Count: > 1 } parties ? parties : throw new FormatException("act");
}
