using Credence.Agents;
using Credence.Organizations;
using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tests.State;
using Credence.Tests.Support;
using Credence.Usage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Tests.Usage;

/// <summary>An organization's tier at the agents door, over several nodes (contract agent-idp A.6, B.12, C.9).</summary>
public sealed class TierCountersTests
{
    private readonly Id<Agent> _agent = Id<Agent>.New(DateTimeOffset.UnixEpoch.AddYears(60));

    [Theory, EachEngine]
    public async Task Two_hundred_calls_at_once_over_two_nodes_with_a_hundred_left_admit_a_hundred(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var one = await Node.OnAsync(world, RedisServer.SharedUrl);
        await using var other = await Node.OnAsync(world, RedisServer.SharedUrl);
        for (var call = 0; call < 900; call++) Assert.Null(await one.CallAsync(_agent));

        var refused = await World.AllAtOnceAsync(200, number => (number % 2 == 0 ? one : other).CallAsync(_agent));

        Assert.Equal(100, refused.Count(refusal => refusal is null));
        var day = UsageStore.DayOf(world.Now).AddDays(1);
        Assert.All(refused.OfType<TierRefusal>(), refusal => Assert.Equal(new TierRefusal(TierLimit.ApiCalls, 1_000, Plan.Free, day), refusal));
        Assert.NotNull(await other.CallAsync(_agent));
        await one.Reconciliation.RunAsync(World.Ct);
        await other.Reconciliation.RunAsync(World.Ct);
        Assert.Equal(1_000, await world.CountAsync($"select cast(sum(count) as bigint) as n from usage_events where metric_type = 'api_call'"));
    }

    [Theory, EachEngine]
    public async Task What_Redis_forgets_comes_back_from_the_database_and_from_what_is_not_stored_yet(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        using var redis = new RedisServer();
        await redis.StartAsync(World.Ct);
        await using var one = await Node.OnAsync(world, redis.Url);
        await using var other = await Node.OnAsync(world, redis.Url);
        for (var call = 0; call < 600; call++) await one.CallAsync(_agent);
        await one.Reconciliation.RunAsync(World.Ct);
        for (var call = 0; call < 390; call++) await other.CallAsync(_agent); // which the other node has not stored
        using (var look = await RedisServer.LookAsync(redis.Url + ",allowAdmin=true")) await look.GetServer(look.GetEndPoints()[0]).FlushDatabaseAsync();

        Assert.Null(await other.CallAsync(_agent));
        Assert.Equal(991, await one.CountedAsync());
        for (var call = 0; call < 9; call++) Assert.Null(await one.CallAsync(_agent));
        Assert.NotNull(await one.CallAsync(_agent));
        Assert.NotNull(await other.CallAsync(_agent));
    }

    [Theory, EachEngine]
    public async Task What_one_node_had_not_stored_when_Redis_forgot_is_counted_some_seconds_later(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        using var redis = new RedisServer();
        await redis.StartAsync(World.Ct);
        await using var one = await Node.OnAsync(world, redis.Url);
        await using var other = await Node.OnAsync(world, redis.Url);
        for (var call = 0; call < 500; call++) await one.CallAsync(_agent);
        using (var look = await RedisServer.LookAsync(redis.Url + ",allowAdmin=true")) await look.GetServer(look.GetEndPoints()[0]).FlushDatabaseAsync();
        Assert.Null(await other.CallAsync(_agent));
        Assert.Equal(1, await other.CountedAsync());

        await one.Reconciliation.RunAsync(World.Ct);
        await other.Reconciliation.RunAsync(World.Ct);

        Assert.Equal(501, await other.CountedAsync());
    }

    [Theory, EachEngine]
    public async Task While_Redis_is_away_calls_are_admitted_and_counted_afterwards(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        using var redis = new RedisServer();
        await redis.StartAsync(World.Ct);
        await using var node = await Node.OnAsync(world, redis.Url);
        for (var call = 0; call < 999; call++) await node.CallAsync(_agent);
        redis.Stop();
        for (var call = 0; call < 20; call++) Assert.Null(await node.CallAsync(_agent));
        await node.Reconciliation.RunAsync(World.Ct);

        await redis.StartAsync(World.Ct);
        await StateNodes.UntilAsync(() => node.State.PingAsync(World.Ct));
        await node.Reconciliation.RunAsync(World.Ct);

        Assert.Equal(1_019, await node.CountedAsync());
        Assert.NotNull(await node.CallAsync(_agent));
    }

    [Theory, EachEngine]
    public async Task A_larger_tier_lifts_the_limit_within_a_second_and_the_count_goes_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await Node.OnAsync(world, null);
        for (var call = 0; call < 1_000; call++) await node.CallAsync(_agent);
        Assert.NotNull(await node.CallAsync(_agent));

        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"update organizations set plan = 'pro' where id = {world.Caller.Organization}", World.Ct);
            await tx.CommitAsync();
        }

        world.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Null(await node.CallAsync(_agent));
        Assert.Equal(1_001, await node.CountedAsync());
    }

    [Theory, EachEngine]
    public async Task A_day_ends_at_midnight_and_a_month_with_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await Node.OnAsync(world, null);
        world.Clock.Advance(new DateTimeOffset(2030, 3, 31, 23, 59, 59, TimeSpan.Zero) - world.Now);
        for (var call = 0; call < 1_000; call++) await node.CallAsync(_agent);
        for (var token = 0; token < 1_000; token++) Assert.Null(await node.TokenAsync(_agent));
        Assert.NotNull(await node.CallAsync(_agent));
        Assert.Equal(TierLimit.TokenIssuances, (await node.TokenAsync(_agent))!.Limit);
        Assert.Equal(1_000, await node.State.CountOfAsync($"monthly:{_agent.Value}:2030:3", world.Now, World.Ct));

        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await node.CallAsync(_agent));
        Assert.Null(await node.TokenAsync(_agent));
        Assert.Equal(1, await node.CountedAsync());
        Assert.Equal(1, await node.State.CountOfAsync($"monthly:{_agent.Value}:2030:4", world.Now, World.Ct));
    }

    [Theory, EachEngine]
    public async Task An_agent_has_its_tokens_of_a_month_and_a_token_that_was_not_issued_is_given_back(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await Node.OnAsync(world, null, new TierOptions { Free = new TierOptions().Free with { TokensPerMonth = 3, TokensPerDay = 4 } });
        var other = Id<Agent>.New(world.Now);
        for (var token = 0; token < 2; token++) await node.TokenAsync(_agent);
        Assert.Null(await node.Counters.TakeTokenAsync(world.Caller.Organization, _agent, World.Ct));
        await node.Counters.GiveBackAsync(world.Caller.Organization, _agent, World.Ct);
        Assert.Null(await node.TokenAsync(_agent));

        Assert.Equal(
            new TierRefusal(TierLimit.MonthlyTokens, 3, Plan.Free, AgentUsageStore.MonthOf(world.Now).AddMonths(1)), await node.TokenAsync(_agent));
        Assert.Null(await node.TokenAsync(other));
        Assert.Equal(TierLimit.TokenIssuances, (await node.TokenAsync(other))!.Limit);
        Assert.Equal(1, await node.State.CountOfAsync(TierKeys.Monthly(other, world.Now).Key, world.Now, World.Ct)); // refused by the day, not counted in the month
    }

    [Theory, EachEngine]
    public async Task A_tier_without_a_limit_is_counted_too_some_seconds_later(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var free = new TierOptions();
        free.Free = free.Enterprise;
        await using var node = await Node.OnAsync(world, null, free);
        for (var call = 0; call < 3; call++) await node.CallAsync(_agent);
        await node.Reconciliation.RunAsync(World.Ct);
        world.Clock.Advance(TimeSpan.FromSeconds(6));
        await node.Reconciliation.RunAsync(World.Ct);

        Assert.Equal(3, await node.CountedAsync());
    }

    /// <summary>A node: what it counts in memory, and shared state.</summary>
    private sealed class Node : IAsyncDisposable
    {
        private readonly World _world;
        private readonly AgentUsage _usage;
        private readonly Metrics _metrics = new();

        private Node(World world, ISharedState state, TierOptions options)
        {
            (_world, State) = (world, state);
            _usage = new AgentUsage(world.Db, new UsageOptions(), world.Clock, NullLogger<AgentUsage>.Instance);
            Reconciliation = new Reconciliation(_usage, state, world.Clock);
            Counters = new TierCounters(_usage, new CurrentPlans(world.Db, world.Clock), options, Reconciliation, state, _metrics, world.Clock);
        }

        public ISharedState State { get; }

        public Reconciliation Reconciliation { get; }

        public TierCounters Counters { get; }

        public static async Task<Node> OnAsync(World world, string? redis, TierOptions? options = null)
        {
            ISharedState state = redis is null ? new EmbeddedState(NullLogger<EmbeddedState>.Instance) : StateNodes.Open(redis);
            await StateNodes.UntilAsync(() => state.PingAsync(World.Ct));
            return new Node(world, state, options ?? new TierOptions());
        }

        public async Task<TierRefusal?> CallAsync(Id<Agent> agent) => await Counters.TakeCallAsync(_world.Caller.Organization, agent, World.Ct);

        public async Task<TierRefusal?> TokenAsync(Id<Agent> agent)
        {
            var refused = await Counters.TakeTokenAsync(_world.Caller.Organization, agent, World.Ct);
            if (refused is null) Counters.Issued(_world.Caller.Organization, agent);
            return refused;
        }

        public async Task<long?> CountedAsync() => await State.CountOfAsync(TierKeys.Calls(_world.Caller.Organization, _world.Now).Key, _world.Now, World.Ct);

        public async ValueTask DisposeAsync()
        {
            _usage.Dispose();
            _metrics.Dispose();
            await State.DisposeAsync();
        }
    }
}
