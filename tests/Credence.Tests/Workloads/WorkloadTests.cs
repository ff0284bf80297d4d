using Credence.Agents;
using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Delegations;
using Credence.Tests.Support;
using Credence.Workloads;

namespace Credence.Tests.Workloads;

public sealed class WorkloadTests
{
    private const string Here = "http://localhost:3001";
    private const string Repository = "example/robots";

    [Theory, EachEngine]
    public async Task A_job_of_a_trusted_repository_may_act_as_the_agent_once_a_token(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var github = await GithubAsync(world);
        var policy = (await AddAsync(world, world.Agent, branch: "main")).Value;
        var token = Job(world, github);

        var answers = await World.AllAtOnceAsync(20, _ => AdmitAsync(world, token));

        var admitted = Assert.Single(answers, answer => answer.Succeeded).Value;
        Assert.Equal((policy.Id, world.Agent.Id, "1234"), (admitted.Id, admitted.Agent, admitted.OwnerId));
        Assert.All(answers, answer => Assert.True(answer.Succeeded || answer.Failure == WorkloadFailures.TokenInvalid));
        Assert.Equal(1, await world.AuditedAsync("workload.admitted"));
        Assert.True((await AdmitAsync(world, Job(world, github, ("repository", "Example/Robots"), ("jti", "2")))).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Another_branch_repository_or_owner_is_not_trusted(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var github = await GithubAsync(world);
        await AddAsync(world, world.Agent, branch: "main");

        Assert.Equal(WorkloadFailures.NotTrusted, (await AdmitAsync(world, Job(world, github, ("ref", "refs/heads/other")))).Failure);
        Assert.Equal(WorkloadFailures.NotTrusted, (await AdmitAsync(world, Job(world, github, ("ref", "refs/tags/main")))).Failure);
        Assert.Equal(WorkloadFailures.NotTrusted, (await AdmitAsync(world, Job(world, github, ("repository", "example/robots2")))).Failure);
        Assert.True((await AdmitAsync(world, Job(world, github))).Succeeded);
        Assert.Equal(WorkloadFailures.NotTrusted, (await AdmitAsync(world, Job(world, github, ("repository_owner_id", "666")))).Failure);
        Assert.True((await AdmitAsync(world, Job(world, github, ("jti", "again")))).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Who_owns_the_repository_is_fixed_by_the_first_of_many(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var github = await GithubAsync(world);
        await AddAsync(world, world.Agent);

        var answers = await World.AllAtOnceAsync(20, number => AdmitAsync(world, Job(world, github, ("repository_owner_id", $"{number}"))));

        Assert.Single(answers, answer => answer.Succeeded);
        Assert.All(answers, answer => Assert.True(answer.Succeeded || answer.Failure == WorkloadFailures.NotTrusted));
    }

    [Theory, EachEngine]
    public async Task A_token_must_be_the_providers_and_for_this_server(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var github = await GithubAsync(world);
        await using var stranger = await IssuerStandIn.StartAsync();
        await AddAsync(world, world.Agent);
        Assert.True((await AdmitAsync(world, Job(world, github))).Succeeded);
        var forger = SigningKey.Generate(KeyAlgorithm.ES256);

        foreach (var (bad, why) in new[]
        {
            (Job(world, stranger), "another issuer"),
            (Job(world, stranger, ("iss", github.Issuer)), "an unknown key"),
            (Job(world, github, ("aud", "https://elsewhere.example")), "another audience"),
            (Job(world, github, ("aud", new[] { Here, "https://elsewhere.example" })), "two audiences"),
            (Job(world, github, ("aud", null)), "no audience"),
            (Job(world, github, ("exp", world.Now.ToUnixTimeSeconds())), "over"),
            (Job(world, github, ("exp", world.Now.AddHours(2).ToUnixTimeSeconds())), "for two hours"),
            (Job(world, github, ("iat", null)), "without a beginning"),
            (Job(world, github, ("repository", null)), "without a repository"),
            (Job(world, github, ("repository_owner_id", null)), "without an owner"),
            (Job(world, github, ("ref", 5)), "with a branch that is no text"),
            (IssuerStandIn.Sign(forger, new() { ["iss"] = github.Issuer, ["aud"] = Here, ["repository"] = Repository }), "a forger's"),
            ("no.token.", "no token"),
        })
        {
            Assert.True((await AdmitAsync(world, bad)).Failure == WorkloadFailures.TokenInvalid, why);
        }
    }

    [Theory, EachEngine]
    public async Task Of_several_agents_one_must_be_named_and_none_that_is_stopped(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var github = await GithubAsync(world);
        var second = await world.AgentAsync("second");
        await AddAsync(world, world.Agent);
        await AddAsync(world, world.Agent, branch: "main");
        Assert.True((await AdmitAsync(world, Job(world, github))).Succeeded); // two policies of one agent
        var policy = (await AddAsync(world, second)).Value;

        Assert.Equal(WorkloadFailures.Ambiguous, (await AdmitAsync(world, Job(world, github, ("jti", "2")))).Failure);
        Assert.Equal(second.Id, (await AdmitAsync(world, Job(world, github, ("jti", "2")), second.Id)).Value.Agent);
        await world.Get<ChangeAgent>().RunAsync(world.Caller, second.Id, new ChangeAgent.Input(null, null, null, null, AgentStatus.Suspended), World.Ct);
        Assert.Equal(WorkloadFailures.NotTrusted, (await AdmitAsync(world, Job(world, github, ("jti", "3")), second.Id)).Failure);
        Assert.True((await world.Get<RemoveTrustPolicy>().RunAsync(Caller(world), policy.Id, World.Ct)).Succeeded);
        Assert.Equal(WorkloadFailures.NotTrusted, (await AdmitAsync(world, Job(world, github, ("jti", "4")), second.Id)).Failure);
        Assert.True((await AdmitAsync(world, Job(world, github, ("jti", "5")))).Succeeded);
    }

    [Theory, EachEngine]
    public async Task A_policy_is_for_an_agent_of_the_organization_and_there_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (stranger, _) = await world.OrganizationAsync("Stranger Ltd");
        var foreign = DelegationWorld.Caller(stranger.Organization, world.Agent);

        Assert.Equal(AgentFailures.Unknown, (await AddAsync(world, world.Agent, by: foreign)).Failure);
        var answers = await World.AllAtOnceAsync(20, number => AddAsync(world, world.Agent, repository: number % 2 == 0 ? Repository : "Example/ROBOTS"));
        var policy = Assert.Single(answers, answer => answer.Succeeded).Value;
        Assert.All(answers, answer => Assert.True(answer.Succeeded || answer.Failure == WorkloadFailures.AlreadyThere));
        Assert.True((await AddAsync(world, world.Agent, branch: "main")).Succeeded);

        Assert.Equal(WorkloadFailures.NotFound, (await world.Get<RemoveTrustPolicy>().RunAsync(foreign, policy.Id, World.Ct)).Failure);
        Assert.Equal(2, await TrustPolicyStore.CountAsync(world.Db, world.Caller.Organization, world.Agent.Id, World.Ct));
        Assert.Single(await TrustPolicyStore.ListAsync(world.Db, world.Caller.Organization, null, 1, 1, World.Ct));
        Assert.Empty(await TrustPolicyStore.ListAsync(world.Db, stranger.Organization, null, 10, 0, World.Ct));
        Assert.Equal(2, await world.AuditedAsync("trust_policy.created"));
    }

    private static AgentCaller Caller(World world) => world.As(world.Agent);

    private static async Task<IssuerStandIn> GithubAsync(World world)
    {
        var github = await IssuerStandIn.StartAsync();
        world.Get<WorkloadOptions>().GithubIssuer = github.Issuer;
        return github;
    }

    private static Task<Result<TrustPolicy>> AddAsync(World world, Agent agent, string? branch = null, string repository = Repository, AgentCaller? by = null) =>
        world.Get<AddTrustPolicy>().RunAsync(by ?? Caller(world), new AddTrustPolicy.Input(WorkloadProvider.Github, repository, branch, agent.Id), World.Ct);

    private static Task<Result<TrustPolicy>> AdmitAsync(World world, string token, Id<Agent>? agent = null) =>
        world.Get<AdmitWorkload>().RunAsync(token, agent, World.Ct);

    private static string Job(World world, IssuerStandIn issuer, params (string Name, object? Value)[] claims) => issuer.Token(
        world.Now,
        [("aud", Here), ("repository", Repository), ("ref", "refs/heads/main"), ("repository_owner_id", "1234"), .. claims]);
}
