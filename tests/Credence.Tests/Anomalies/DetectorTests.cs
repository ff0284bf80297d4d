using Credence.Anomalies;
using Credence.Audit;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Anomalies;

/// <summary>The four documented detectors, just below and just above each threshold (contract grantex 10).</summary>
public sealed class DetectorTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero); // where the clock stands

    [Theory, EachEngine]
    public async Task Fifty_entries_within_the_hour_are_no_rate_spike_and_one_more_is(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync(50);
        await world.LogAsync(50, agent: "ag_other");
        Assert.Empty(await world.FoundAsync("rate_spike"));

        await world.LogAsync(1);
        var spike = Assert.Single(await world.FoundAsync("rate_spike"));

        Assert.Equal((Severity.High, world.Agent.Id.ToString(), null), (spike.Severity, spike.Agent, spike.Principal));
        Assert.Equal("""{"count":51,"windowHours":1,"threshold":50}""", spike.Metadata);
    }

    [Theory, EachEngine]
    public async Task An_entry_counts_for_the_rate_until_it_is_an_hour_old(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync(1);
        world.Clock.Advance(TimeSpan.FromHours(1) + TimeSpan.FromMilliseconds(1));
        await world.LogAsync(50);

        Assert.Empty(await world.FoundAsync("rate_spike"));
    }

    [Theory, EachEngine]
    public async Task More_than_a_fifth_of_five_or_more_entries_is_a_high_failure_rate(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync(2, agent: "ag_four");
        await world.LogAsync(2, LoggedStatus.Failure, "ag_four"); // half of four: too few entries
        await world.LogAsync(4, agent: "ag_fifth");
        await world.LogAsync(1, LoggedStatus.Failure, "ag_fifth"); // exactly a fifth
        await world.LogAsync(7);
        await world.LogAsync(1, LoggedStatus.Failure);
        await world.LogAsync(1, LoggedStatus.Blocked);

        var found = Assert.Single(await world.FoundAsync("high_failure_rate"));

        Assert.Equal((Severity.Medium, world.Agent.Id.ToString()), (found.Severity, found.Agent));
        Assert.Equal("""{"badCount":2,"totalCount":9,"percentFailure":22,"windowHours":24,"threshold":0.2}""", found.Metadata);
    }

    [Theory]
    [InlineData(EngineKind.Sqlite, 5, 3, 38)] // 37.5
    [InlineData(EngineKind.Postgres, 5, 3, 38)]
    [InlineData(EngineKind.Sqlite, 0, 5, 100)]
    [InlineData(EngineKind.Postgres, 0, 5, 100)]
    public async Task The_percentage_is_rounded_half_up(EngineKind engine, int good, int bad, int percent)
    {
        await using var world = await World.OnAsync(engine);
        await world.LogAsync(good);
        await world.LogAsync(bad, LoggedStatus.Blocked);

        Assert.Contains($"\"percentFailure\":{percent},", Assert.Single(await world.FoundAsync("high_failure_rate")).Metadata, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_principal_is_new_with_the_first_grant_its_agent_holds_of_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var first = await world.GrantAsync("email:send");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.GrantAsync("email:send");

        var found = Assert.Single(await world.FoundAsync("new_principal"));

        Assert.Equal((Severity.Low, world.Agent.Id.ToString(), "ada"), (found.Severity, found.Agent, found.Principal));
        Assert.Equal($"Agent {first.Grant.Agent} received a grant from previously-unseen principal ada.", found.Description);
        Assert.Equal("""{"windowHours":24}""", found.Metadata);
    }

    [Theory, EachEngine]
    public async Task A_principal_is_known_a_day_later(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await world.GrantAsync("email:send");
        world.Clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMilliseconds(1));
        await world.GrantAsync("email:send");

        Assert.Empty(await world.FoundAsync("new_principal"));
    }

    [Theory, EachEngine]
    public async Task Ten_entries_at_night_are_no_off_hours_activity_and_one_more_is(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await AtAsync(world, Noon.AddHours(10).AddMilliseconds(-1), 5); // 21:59:59.999 is day
        await AtAsync(world, Noon.AddHours(10), 5);
        await AtAsync(world, Noon.AddHours(18).AddMilliseconds(-1), 5); // 05:59:59.999 is night
        await world.LogAsync(1, agent: "ag_other");
        await AtAsync(world, Noon.AddHours(18), 5); // 06:00 is day
        Assert.Empty(await world.FoundAsync("off_hours_activity"));

        await AtAsync(world, Noon.AddHours(34).AddMilliseconds(1), 6); // the next night: the five of 05:59:59.999 are within the day, those of 22:00 no more
        var found = Assert.Single(await world.FoundAsync("off_hours_activity"));

        Assert.Equal((Severity.Low, world.Agent.Id.ToString()), (found.Severity, found.Agent));
        Assert.Equal("""{"count":11,"windowHours":24,"threshold":10}""", found.Metadata);
    }

    private static async Task AtAsync(World world, DateTimeOffset at, int count)
    {
        if (at > world.Now) world.Clock.Advance(at - world.Now);
        await world.LogAsync(count);
    }
}
