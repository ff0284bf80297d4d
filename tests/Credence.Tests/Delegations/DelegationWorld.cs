using Credence.Agents;
using Credence.Delegations;
using Credence.Organizations;
using Credence.Tests.Support;

namespace Credence.Tests.Delegations;

/// <summary>What these tests do again and again.</summary>
internal static class DelegationWorld
{
    public static AgentCaller As(this World world, Agent agent, params string[] scopes) => Caller(world.Caller.Organization, agent, scopes);

    public static AgentCaller Caller(Id<Organization> organization, Agent agent, params string[] scopes) =>
        new(agent.Id, organization, scopes, Credential: null, new Id<AccessToken>(Guid.NewGuid()), DateTimeOffset.MaxValue);

    public static Task<Result<IssuedDelegation>> DelegateAsync(
        this World world, AgentCaller from, Agent to, string[] scopes, IssuedDelegation? parent = null, TimeSpan? lifetime = null) =>
        world.Get<DelegateToAgent>().RunAsync(from, new(to.Id, scopes, lifetime ?? TimeSpan.FromHours(1), parent?.Token), World.Ct);

    /// <summary>Why a delegation token does not count, or null when it does.</summary>
    public static async Task<DelegationRefusal?> RefusalAsync(this World world, IssuedDelegation issued) =>
        (await world.Get<CheckDelegation>().RunAsync(world.Caller.Organization, issued.Token, World.Ct)).Value.Reason;

    public static Task<Result<int>> RevokeAsync(this World world, AgentCaller by, IssuedDelegation issued) =>
        world.Get<RevokeDelegation>().RunAsync(by, issued.Delegation.Id, World.Ct);

    public static async Task<Agent[]> AgentsAsync(this World world, int count)
    {
        var agents = new Agent[count];
        for (var at = 0; at < count; at++) agents[at] = await world.AgentAsync($"agent {at}");
        return agents;
    }
}
