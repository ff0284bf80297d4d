using Credence.Anomalies;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Anomalies;

/// <summary>What is the same anomaly from round to round, whose it is, and that it is found once (decision 0023).</summary>
public sealed class DetectAnomaliesTests
{
    private static readonly TimeSpan HalfAnHour = TimeSpan.FromMinutes(30);

    [Theory, EachEngine]
    public async Task What_goes_on_is_one_anomaly_whose_numbers_follow(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync(51);
        var first = Assert.Single(await world.FoundAsync("rate_spike"));
        world.Clock.Advance(HalfAnHour);
        await world.LogAsync(1);

        var later = Assert.Single(await world.FoundAsync("rate_spike"));

        Assert.Equal((first.Id, first.DetectedAt), (later.Id, later.DetectedAt));
        Assert.StartsWith("""{"count":52,""", later.Metadata, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task What_ended_is_resolved_and_when_it_comes_again_it_is_another(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync(51);
        await world.RoundAsync();
        world.Clock.Advance(2 * HalfAnHour + TimeSpan.FromSeconds(1));

        var over = Assert.Single(await world.FoundAsync("rate_spike"));
        Assert.Equal((AlertStatus.Resolved, world.Now, null), (over.Status, over.ResolvedAt, over.AcknowledgedAt));
        Assert.DoesNotContain(await AnomalyStore.ListAsync(world.Db, world.Caller.Organization, unacknowledged: false, World.Ct), found => found.Id == over.Id);

        await world.LogAsync(51);
        Assert.Equal([AlertStatus.Open, AlertStatus.Resolved], (await world.FoundAsync("rate_spike")).ConvertAll(found => found.Status));
    }

    [Theory, EachEngine]
    public async Task What_somebody_acknowledged_or_resolved_is_not_found_anew_while_it_goes_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync(51);
        await world.GrantAsync("email:send");
        var found = (await world.DetectAsync()).Anomalies;
        Assert.Equal(["new_principal", "rate_spike"], found.Select(one => one.Type).Order());
        var acknowledge = world.Get<AcknowledgeAnomaly>();
        Assert.True((await acknowledge.RunAsync(world.Caller, found[0].Id, World.Ct)).Succeeded);
        Assert.True((await acknowledge.ResolveAsync(world.Caller, found[1].Id, "not us", World.Ct)).Succeeded);
        world.Clock.Advance(HalfAnHour);

        var again = await world.DetectAsync();

        Assert.Equal(found.Select(one => one.Id), again.Anomalies.Select(one => one.Id));
        Assert.Equal(2, (await world.AlertsAsync()).Count);
        Assert.Empty(await AnomalyStore.ListAsync(world.Db, world.Caller.Organization, unacknowledged: true, World.Ct));
        Assert.Equal(0, await AnomalyStore.CountUnacknowledgedAsync(world.Db, World.Ct));
    }

    [Theory, EachEngine]
    public async Task The_number_of_unacknowledged_ones_follows(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync(51);
        var spike = Assert.Single((await world.DetectAsync()).Anomalies);
        Assert.Equal(1, await AnomalyStore.CountUnacknowledgedAsync(world.Db, World.Ct));

        await world.Get<AcknowledgeAnomaly>().RunAsync(world.Caller, spike.Id, World.Ct);
        Assert.Equal(0, await AnomalyStore.CountUnacknowledgedAsync(world.Db, World.Ct));
    }

    [Theory, EachEngine]
    public async Task A_detection_finds_and_ends_only_what_is_the_callers(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (other, _) = await world.OrganizationAsync("Other Co");
        await world.LogAsync(51);
        await world.LogAsync(51, caller: other); // of the first organization's agent, by its id
        await world.RoundAsync();
        var mine = Assert.Single(await world.AlertsAsync("rate_spike"));
        var theirs = Assert.Single(await world.AlertsAsync("rate_spike", other));
        Assert.NotEqual(mine.Id, theirs.Id);
        world.Clock.Advance(3 * HalfAnHour);

        Assert.Empty((await world.DetectAsync()).Anomalies);

        Assert.Equal(AlertStatus.Resolved, Assert.Single(await world.AlertsAsync("rate_spike")).Status);
        Assert.Equal(AlertStatus.Open, Assert.Single(await world.AlertsAsync("rate_spike", other)).Status);
        Assert.Equal(AnomalyFailures.NotFound, (await world.Get<AcknowledgeAnomaly>().RunAsync(world.Caller, theirs.Id, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task Rounds_and_detections_at_once_on_two_nodes_find_each_thing_once_and_announce_it_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        await world.LogAsync(51);
        for (var principal = 0; principal < 3; principal++) await world.GrantAsync("email:send");
        var channel = await world.ChannelAsync("http://127.0.0.1:1/", severities: [Severity.Critical, Severity.High, Severity.Medium, Severity.Low]);
        using var counter = new AnomalyCounter(world, node);

        await World.AllAtOnceAsync(24, async number =>
        {
            var on = number % 2 == 0 ? world : node;
            if (number % 3 == 0) await on.RoundAsync();
            else await on.DetectAsync();
            return number;
        });

        var found = await world.AlertsAsync();
        Assert.Equal(["new_principal", "rate_spike"], found.Select(one => one.Type).Distinct().Order());
        Assert.Equal(found.Count, counter.Count);
        Assert.Equal(found.Count, await world.CountAsync($"select count(*) as n from anomaly_deliveries where channel_id = {channel.Id}"));
    }

    [Theory, EachEngine]
    public async Task What_nobody_was_told_of_is_announced_by_one_node_of_many(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        for (var agent = 0; agent < 30; agent++) await world.LogAsync(1, agent: $"ag_{agent}");
        await world.RoundAsync();
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"update anomalies set announced_ms = null", World.Ct); // as if the node had died between the two
            await tx.CommitAsync();
        }

        var channel = await world.ChannelAsync("http://127.0.0.1:1/");
        using var counter = new AnomalyCounter(world, node);

        await World.AllAtOnceAsync(20, number => (number % 2 == 0 ? world : node).Get<AnnounceAnomalies>().RunAsync(null, World.Ct));

        Assert.Equal(30, counter.Count);
        Assert.Equal(30, await world.CountAsync($"select count(*) as n from anomaly_deliveries where channel_id = {channel.Id}"));
    }
}
