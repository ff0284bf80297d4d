using Credence.Agents;
using Credence.Credentials;
using Credence.Keys;
using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.AgentsDoor;

public sealed class RememberedClientTests
{
    [Theory, EachEngine]
    public async Task What_another_node_remembers_of_a_client_ends_when_it_has_caught_up(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        var (root, credential) = await world.BeginAsync();
        var caller = await world.CallerAsync(root, credential.Secret);
        var agent = (await world.Get<RegisterAgent>().RunAsync(caller, DoorWorld.Profile("a@example.test"), World.Ct)).Value;
        var secret = (await world.EquipAsync(caller, agent)).Secret;
        Assert.True((await node.TokenAsync(agent, secret)).Succeeded);

        await world.Get<ReviseAgent>().RunAsync(caller, agent.Id, new ReviseAgent.Input(null, null, null, null, null, null, AgentStatus.Suspended), World.Ct);
        await node.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(AccessTokenFailures.UnauthorizedClient, (await node.TokenAsync(agent, secret)).Failure);

        await world.Get<ReviseAgent>().RunAsync(caller, agent.Id, new ReviseAgent.Input(null, null, null, null, null, null, AgentStatus.Active), World.Ct);
        await node.Revocations.CatchUpAsync(World.Ct);
        Assert.True((await node.TokenAsync(agent, secret)).Succeeded);

        await world.Get<RemoveMember>().RunAsync(caller, agent.Organization, agent.Id, World.Ct);
        await node.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(AccessTokenFailures.UnauthorizedClient, (await node.TokenAsync(agent, secret)).Failure);
    }

    [Theory, EachEngine]
    public async Task A_former_secret_works_as_long_as_its_grace_and_the_credential_as_long_as_itself(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (root, credential) = await world.BeginAsync();
        var caller = await world.CallerAsync(root, credential.Secret);
        var rotated = await world.Get<RotateCredential>().RunAsync(
            caller, root, credential.Credential.Id, world.Now.AddMinutes(10), TimeSpan.FromMinutes(5), World.Ct);

        Assert.True((await world.TokenAsync(root, credential.Secret)).Succeeded);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.False((await world.TokenAsync(root, credential.Secret)).Succeeded);
        Assert.True((await world.TokenAsync(root, rotated.Value.Secret)).Succeeded);
        world.Clock.Advance(TimeSpan.FromMinutes(5));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.False((await world.TokenAsync(root, rotated.Value.Secret)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Only_agents_of_the_bootstrap_organization_may_have_admin_orgs(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (root, credential) = await world.BeginAsync();
        var caller = await world.CallerAsync(root, credential.Secret, AgentScopes.AdminOrganizations, AgentScopes.WriteAgents);
        Assert.True(caller.IsOperator);
        var theirs = (await world.Get<CreateCredential>().RunAsync(caller, world.Agent.Id, new CreateCredential.Input(null, KeyAlgorithm.RS256), World.Ct)).Value;

        Assert.Equal(AccessTokenFailures.InvalidScope, (await world.TokenAsync(world.Agent, theirs.Secret, AgentScopes.AdminOrganizations)).Failure);
        Assert.DoesNotContain(AgentScopes.AdminOrganizations, (await world.CallerAsync(world.Agent, theirs.Secret)).Scopes);
    }

    [Theory, EachEngine]
    public async Task Suspending_an_organization_by_command_stops_its_agents_tokens_too(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (root, credential) = await world.BeginAsync();
        var caller = await world.CallerAsync(root, credential.Secret, AgentScopes.AdminOrganizations, AgentScopes.WriteAgents);
        var theirs = (await world.Get<CreateCredential>().RunAsync(caller, world.Agent.Id, new CreateCredential.Input(null, KeyAlgorithm.RS256), World.Ct)).Value;
        var token = (await world.TokenAsync(world.Agent, theirs.Secret)).Value.Jwt;

        await world.Get<SuspendOrganization>().SuspendAsync(world.Caller.Organization, "command-line", World.Ct);
        Assert.Equal(AccessTokenFailures.Revoked, (await world.Get<CheckAccessToken>().RunAsync(token, World.Ct)).Failure);
        await world.Get<SuspendOrganization>().ResumeAsync(world.Caller.Organization, "command-line", World.Ct);
        Assert.True((await world.Get<CheckAccessToken>().RunAsync(token, World.Ct)).Succeeded);
    }
}
