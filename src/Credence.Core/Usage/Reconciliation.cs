using System.Collections.Concurrent;
using Credence.State;

namespace Credence.Usage;

/// <summary>A number in shared state, and what is known of it elsewhere.</summary>
/// <param name="Count">The number.</param>
/// <param name="KnownAsync">Asks the database, and adds what this node has not stored yet.</param>
public sealed record Reconciled(SharedCount Count, Func<CancellationToken, Task<long>> KnownAsync);

/// <summary>
/// Brings numbers in shared state up to what is known to have happened: those that were lost or away, and those of tiers without a limit, which no call
/// waits for. A worker runs it every second, after the counts were stored.
/// </summary>
public sealed class Reconciliation(AgentUsage usage, ISharedState state, TimeProvider clock)
{
    /// <summary>By then every node has stored what it had counted before.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(3);

    /// <summary>How far behind a number may be that no call waits for: summing up a large organization's day is not for every second.</summary>
    private static readonly TimeSpan Behind = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<string, Waiting> _due = new(StringComparer.Ordinal);

    private sealed record Waiting(Reconciled What, DateTimeOffset Until, bool EachRound);

    /// <summary>A number may be too low: it is compared for some seconds, until shared state has taken the true one.</summary>
    public void Due(Reconciled what) => _due[what.Count.Key] = new Waiting(what, clock.Now() + Settled, EachRound: true);

    /// <summary>A call counts, though nobody waits for its number: some seconds later it is told.</summary>
    public void Later(Reconciled what)
    {
        if (!_due.ContainsKey(what.Count.Key)) _due.TryAdd(what.Count.Key, new Waiting(what, clock.Now() + Behind, EachRound: false));
    }

    /// <summary>One round: stores what was counted, and then compares what is due.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await usage.StoreAsync(ct);
        foreach (var (key, waiting) in _due)
        {
            var now = clock.Now();
            var isOver = waiting.Until <= now;
            if (!isOver && !waiting.EachRound) continue;
            if (isOver) _due.TryRemove(KeyValuePair.Create(key, waiting)); // before the look: what is counted from here on makes it due again
            if (waiting.What.Count.Until <= now) continue;
            if (!await state.RaiseAsync(waiting.What.Count, await waiting.What.KnownAsync(ct), now, ct)) _due.TryAdd(key, waiting);
        }
    }
}
