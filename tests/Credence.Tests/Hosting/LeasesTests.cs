using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>One node of the cluster at a time (contract operations O33).</summary>
public sealed class LeasesTests
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(1);

    private readonly ManualClock _clock = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task Of_many_nodes_that_reach_for_a_lease_one_gets_it(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var now = _clock.Now();
        var taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(node => Task.Run(() => TakeAsync(database, $"node {node}"), Ct)));
        Assert.Single(taken, won => won);

        _clock.Advance(Life + TimeSpan.FromMilliseconds(1)); // it ran out: again one of them
        taken = await Task.WhenAll(Enumerable.Range(0, 20).Select(node => Task.Run(() => TakeAsync(database, $"other {node}"), Ct)));
        Assert.Single(taken, won => won);
    }

    [Theory, EachEngine]
    public async Task Its_holder_renews_it_and_others_wait_until_it_is_given_back(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        Assert.True(await TakeAsync(database, "one"));
        _clock.Advance(Life / 2);
        Assert.True(await TakeAsync(database, "one"));
        _clock.Advance(Life * 0.75);
        Assert.False(await TakeAsync(database, "other")); // renewed: the first life is over, the second is not

        await Leases.ReleaseAsync(database.Db, "round", "other", Ct); // not its holder: changes nothing
        Assert.False(await TakeAsync(database, "other"));
        await Leases.ReleaseAsync(database.Db, "round", "one", Ct);
        Assert.True(await TakeAsync(database, "other"));
    }

    private Task<bool> TakeAsync(TestDb database, string holder)
    {
        var now = _clock.Now();
        return Leases.TryTakeAsync(database.Db, "round", holder, now + Life, now, Ct);
    }
}
