using Credence.Agents;
using Credence.Federation;
using Credence.Issuers;
using Credence.Tests.Delegations;
using Credence.Tests.Support;

namespace Credence.Tests.Federation;

/// <summary>What these tests do again and again.</summary>
internal static class PartnerWorld
{
    public static AgentCaller Admin(this World world) => world.As(world.Agent, AgentScopes.AdminOrganizations);

    public static Task<Result<Partner>> RegisterAsync(this World world, IssuerStandIn issuer, DateTimeOffset? ends = null) =>
        world.Get<RegisterPartner>().RunAsync(Admin(world), new RegisterPartner.Input("Partner", issuer.Issuer, issuer.JwksUri, [], ends), World.Ct);

    public static Task<Result<Partner>> ChangeAsync(
        this World world, Partner partner, string? name = null, PartnerStatus? status = null, string[]? allowed = null, DateTimeOffset? ends = null) =>
        world.Get<ChangePartner>().RunAsync(Admin(world), partner.Id, new ChangePartner.Input(name, null, allowed, status, ends, NeverExpires: false), World.Ct);

    public static Task<Result<ForeignToken>> CheckAsync(this World world, string token, string? audience = null) =>
        world.Get<CheckPartnerToken>().RunAsync(token, audience, World.Ct);

    public static async Task<bool> IsGoodAsync(this World world, string token, string? audience = null)
    {
        var found = await CheckAsync(world, token, audience);
        Assert.True(found.Succeeded || found.Failure == FederationFailures.TokenInvalid);
        return found.Succeeded;
    }
}
