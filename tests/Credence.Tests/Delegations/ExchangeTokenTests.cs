using Credence.Agents;
using Credence.Credentials;
using Credence.Delegations;
using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Tokens;

namespace Credence.Tests.Delegations;

public sealed class ExchangeTokenTests
{
    [Theory, EachEngine]
    public async Task The_token_says_whose_authority_it_is_and_who_acts_with_it_and_is_recorded(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var agents = await world.AgentsAsync(3);
        var own = await TokenAsync(world, agents[0], "agents:read", "tokens:read");

        var first = (await ExchangeAsync(world, agents[1], own.Jwt)).Value;
        var second = (await ExchangeAsync(world, agents[2], first.Jwt, scopes: ["agents:read", "agents:write"])).Value;

        var claims = (await world.Get<CheckAccessToken>().RunAsync(second.Jwt, World.Ct)).Value;
        Assert.Equal((agents[2].Id, agents[0].Id), (claims.Agent, claims.Subject));
        Assert.Equal([agents[0].Id, agents[1].Id, agents[2].Id], claims.Descent!.Parties);
        Assert.Equal([TokenSource.Of(own.Claims.Token), TokenSource.Of(first.Claims.Token)], claims.Descent.Sources);
        Assert.Equal(["agents:read"], claims.Scopes);
        Assert.Equal(agents[0].Id, claims.ToCaller().OnBehalfOf);
        Assert.Equal(1, await world.AuditedAsync("token.issued", $"{own.Claims.Token} {first.Claims.Token}"));
    }

    [Theory, EachEngine]
    public async Task It_lives_no_longer_than_what_it_came_of_nor_than_the_credential_that_asked(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = await TwoAsync(world);
        var own = await TokenAsync(world, ada, "agents:read");
        world.Clock.Advance(TimeSpan.FromMinutes(59));
        await world.Revocations.CatchUpAsync(World.Ct);

        Assert.Equal(own.Claims.ExpiresAt, (await ExchangeAsync(world, bob, own.Jwt)).Value.Claims.ExpiresAt);
        var client = await ClientAsync(world, bob) with { CredentialEnds = world.Now.AddSeconds(20) };
        var cut = (await world.Get<ExchangeToken>().RunAsync(client, new(own.Jwt, false, null, null, []), World.Ct)).Value;
        Assert.Equal(world.Now.AddSeconds(20).ToUnixTimeSeconds(), cut.Claims.ExpiresAt.ToUnixTimeSeconds());

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.Revocations.CatchUpAsync(World.Ct);
        Assert.Equal(ExchangeFailures.SubjectInvalid, (await ExchangeAsync(world, bob, own.Jwt)).Failure);
    }

    [Theory, EachEngine]
    public async Task Whatever_it_came_of_ends_it_on_every_node(EngineKind engine)
    {
        foreach (var (what, end) in Endings())
        {
            await using var world = await World.OnAsync(engine);
            await using var other = await world.NodeAsync();
            var agents = await world.AgentsAsync(4);
            var given = (await world.DelegateAsync(world.As(agents[0], "agents:read"), agents[1], ["agents:read"])).Value;
            var first = (await ExchangeAsync(world, agents[1], given.Token, isDelegation: true)).Value;
            var second = (await ExchangeAsync(world, agents[2], first.Jwt)).Value;
            Assert.True((await world.Get<CheckAccessToken>().RunAsync(second.Jwt, World.Ct)).Succeeded, what);

            await end(world, agents, given, first);

            await other.Revocations.CatchUpAsync(World.Ct);
            foreach (var node in new[] { world, other })
            {
                var refused = (await node.Get<CheckAccessToken>().RunAsync(second.Jwt, World.Ct)).Failure;
                Assert.True(refused == AccessTokenFailures.Revoked, what);
            }

            Assert.True((await ExchangeAsync(world, agents[3], second.Jwt)).Failure == ExchangeFailures.SubjectInvalid, what);
        }
    }

    [Theory, EachEngine]
    public async Task A_credential_that_is_revoked_ends_what_came_of_the_tokens_had_with_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = await TwoAsync(world);
        var credential = (await world.Get<CreateCredential>().RunAsync(world.As(ada, AgentScopes.WriteAgents), ada.Id, new(null, KeyAlgorithm.RS256), World.Ct)).Value;
        var client = (await world.Get<FindClient>().RunAsync(ada.Id, credential.Secret, World.Ct))!;
        var own = (await world.Get<IssueAccessToken>().RunAsync(client, ["agents:read"], World.Ct)).Value;
        var came = (await ExchangeAsync(world, bob, own.Jwt)).Value;
        Assert.True((await world.Get<CheckAccessToken>().RunAsync(came.Jwt, World.Ct)).Succeeded);

        await world.Get<RevokeCredential>().RunAsync(world.As(ada, AgentScopes.WriteAgents), ada, credential.Credential.Id, World.Ct);

        Assert.Equal(AccessTokenFailures.Revoked, (await world.Get<CheckAccessToken>().RunAsync(came.Jwt, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task A_chain_has_no_circle_and_ends_at_five_whether_passed_on_or_cut_down(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var agents = await world.AgentsAsync(7);
        var link = await TokenAsync(world, agents[0], "agents:read", "tokens:read");
        var narrowed = link;

        for (var at = 1; at <= 5; at++) link = (await ExchangeAsync(world, agents[at], link.Jwt)).Value;
        for (var at = 1; at <= 5; at++) narrowed = (await ExchangeAsync(world, agents[0], narrowed.Jwt, scopes: ["tokens:read"])).Value;

        Assert.Equal(agents[0].Id, narrowed.Claims.Subject);
        Assert.Equal(["tokens:read"], narrowed.Claims.Scopes);
        Assert.Equal(ExchangeFailures.Cycle, (await ExchangeAsync(world, agents[0], link.Jwt)).Failure);
        Assert.Equal(ExchangeFailures.TooDeep, (await ExchangeAsync(world, agents[6], link.Jwt)).Failure);
        Assert.Equal(ExchangeFailures.TooDeep, (await ExchangeAsync(world, agents[0], narrowed.Jwt)).Failure);
    }

    [Theory, EachEngine]
    public async Task Nothing_is_widened_and_nobody_elses_token_is_taken(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (ada, bob) = await TwoAsync(world);
        var own = await TokenAsync(world, ada, "agents:read", "openid");
        var given = (await world.DelegateAsync(world.As(ada, "agents:read"), bob, ["agents:read"])).Value;
        var narrow = await ClientAsync(world, bob) with { Scopes = ["tokens:read"] };
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var foreign = await ClientAsync(world, bob) with { Organization = stranger.Organization };

        Assert.Equal(["agents:read"], (await ExchangeAsync(world, bob, own.Jwt)).Value.Claims.Scopes);
        Assert.Equal(AccessTokenFailures.InvalidScope, (await ExchangeAsync(world, bob, own.Jwt, scopes: ["agents:write", "openid"])).Failure);
        Assert.Equal(AccessTokenFailures.InvalidScope, (await ExchangeAsync(world, narrow, own.Jwt)).Failure);
        Assert.Equal(ExchangeFailures.SubjectInvalid, (await ExchangeAsync(world, foreign, own.Jwt)).Failure);
        Assert.Equal(ExchangeFailures.SubjectInvalid, (await ExchangeAsync(world, foreign, given.Token, isDelegation: true)).Failure);
        Assert.Equal(ExchangeFailures.Foreign, (await ExchangeAsync(world, ada, given.Token, isDelegation: true)).Failure);
        Assert.Equal(ExchangeFailures.SubjectInvalid, (await ExchangeAsync(world, bob, given.Token)).Failure);
        Assert.Equal(ExchangeFailures.SubjectInvalid, (await ExchangeAsync(world, bob, own.Jwt, isDelegation: true)).Failure);
        Assert.Equal(ExchangeFailures.InvalidTarget, (await ExchangeAsync(world, bob, own.Jwt, target: "https://elsewhere.example")).Failure);
        Assert.Equal(AccessTokenFailures.UnauthorizedClient, (await ExchangeAsync(world, await ClientAsync(world, bob) with { Works = false }, own.Jwt)).Failure);
        Assert.Equal(ExchangeFailures.ActorForeign, (await ExchangeAsync(world, bob, own.Jwt, actor: own.Jwt)).Failure);
        Assert.Equal(ExchangeFailures.ActorInvalid, (await ExchangeAsync(world, bob, own.Jwt, actor: "none")).Failure);
        Assert.True((await ExchangeAsync(world, bob, own.Jwt, actor: (await TokenAsync(world, bob, "agents:read")).Jwt)).Succeeded);
    }

    private static IEnumerable<(string What, Func<World, Agent[], IssuedDelegation, IssuedAccessToken, Task> End)> Endings() =>
    [
        ("the delegation", (world, agents, given, _) => world.RevokeAsync(world.As(agents[0]), given)),
        ("the token before it", (world, agents, _, first) => world.Get<RevokeAccessToken>().RunAsync(agents[1].Organization, agents[1].Id, first.Jwt, World.Ct)),
        ("the token before it, by whose authority it is", (world, agents, _, first) => world.Get<RevokeAccessToken>().RunAsync(agents[0].Organization, agents[0].Id, first.Jwt, World.Ct)),
        ("the agent whose authority it is", (world, agents, _, _) => SuspendAsync(world, agents[0])),
        ("the agent in the middle", (world, agents, _, _) => SuspendAsync(world, agents[1])),
        ("the agent that holds it", (world, agents, _, _) => SuspendAsync(world, agents[2])),
    ];

    private static Task<Result<Agent>> SuspendAsync(World world, Agent agent) =>
        world.Get<ChangeAgent>().RunAsync(world.Caller, agent.Id, new ChangeAgent.Input(null, null, null, null, AgentStatus.Suspended), World.Ct);

    private static async Task<(Agent Ada, Agent Bob)> TwoAsync(World world)
    {
        var agents = await world.AgentsAsync(2);
        return (agents[0], agents[1]);
    }

    private static async Task<AgentClient> ClientAsync(World world, Agent agent) => (await world.Get<FindClient>().ByAgentAsync(agent.Id, World.Ct))!;

    private static async Task<IssuedAccessToken> TokenAsync(World world, Agent agent, params string[] scopes) =>
        (await world.Get<IssueAccessToken>().RunAsync(await ClientAsync(world, agent), scopes, World.Ct)).Value;

    private static async Task<Result<IssuedAccessToken>> ExchangeAsync(
        World world, Agent agent, string subject, bool isDelegation = false, string[]? scopes = null, string? actor = null, string? target = null) =>
        await ExchangeAsync(world, await ClientAsync(world, agent), subject, isDelegation, scopes, actor, target);

    private static Task<Result<IssuedAccessToken>> ExchangeAsync(
        World world, AgentClient client, string subject, bool isDelegation = false, string[]? scopes = null, string? actor = null, string? target = null) =>
        world.Get<ExchangeToken>().RunAsync(client, new(subject, isDelegation, actor, scopes, target is null ? [] : [target]), World.Ct);
}
