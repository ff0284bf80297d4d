using System.Globalization;
using Credence.State;
using Credence.Storage;

namespace Credence.Events;

/// <summary>What else happens in the transaction that numbers events: to those behind <paramref name="after"/> up to <paramref name="last"/>.</summary>
/// <remarks>It runs for every event of the main flow, so it works on all of them at once.</remarks>
public delegate Task DispatchStep(DbTx tx, long after, long last, DateTimeOffset now, CancellationToken ct);

/// <summary>
/// Gives committed events their position, in one order for all nodes and without gaps, and queues what is sent of them. Positions are given after
/// the commit of the change, because plain sequences become visible out of order (design D16). Any node may; a head row orders them.
/// </summary>
public sealed class DispatchEvents(Db db, ISharedState state, IEnumerable<DispatchStep> steps, TimeProvider clock)
{
    /// <summary>On this channel every node hears the position up to which events are numbered.</summary>
    public const string Channel = "credence:events";

    /// <summary>The pause after a round: under load, one round then numbers what many commits brought.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private const int PerTransaction = 500;
    private readonly Wake _wake = new();

    /// <summary>Begins to hear the commits of this process.</summary>
    public void Listen() => db.WhenCommitted(Outbox.Topic, _wake.Call);

    /// <summary>Waits until a transaction of this process added events, but no longer than <paramref name="most"/>: then others may have, or have crashed before they dispatched.</summary>
    public async Task WaitAsync(TimeSpan most, CancellationToken ct)
    {
        await Task.Delay(Pause, clock, ct);
        await _wake.WaitAsync(most, ct);
    }

    /// <summary>Dispatches whatever is waiting.</summary>
    /// <returns>How many events this call numbered.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var count = 0;
        while (await db.NumberAsync($"select 1 as n from events where position is null order by id limit 1", ct) == 1)
        {
            var batch = await DispatchBatchAsync(ct);
            count += batch;
            if (batch < PerTransaction) break;
        }

        return count;
    }

    private async Task<int> DispatchBatchAsync(CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var before = await tx.NumberAsync($"update heads set value = value where name = 'events' returning value as n", ct); // holds it: one dispatcher at a time
        var count = await tx.ExecuteAsync(
            $"""
            update events set position = numbered.place
            from (select id, {before} + row_number() over (order by id) as place
                  from (select id from events where position is null order by id limit {PerTransaction}) waiting) numbered
            where events.id = numbered.id
            """,
            ct);
        if (count == 0) return 0;

        var last = before + count;
        await tx.LaterAsync($"update heads set value = {last} where name = 'events'", ct);
        foreach (var step in steps) await step(tx, before, last, now, ct);
        await tx.CommitAsync();
        state.Publish(Channel, last.ToString(CultureInfo.InvariantCulture));
        return count;
    }
}
