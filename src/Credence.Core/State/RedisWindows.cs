using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>
/// Sliding windows of one length in Redis, under the documented keys (contract grantex 7): one counter a period, usually a minute, from which each node
/// draws calls in blocks of at most 5 % of the limit (design D14), so that most calls ask nobody. What a node does not use of a block is given up with
/// the period.
/// </summary>
/// <param name="length">How long a window and each period are, in milliseconds.</param>
internal sealed class RedisWindows(int length)
{
    private const int MostRemembered = 100_000;

    private volatile PeriodLeases _leases = new(0, length);

    /// <summary>Counts one call if <paramref name="limit"/> allows it; of those who wait for a block of the same window, one asks.</summary>
    public async ValueTask<RateDecision> AdmitAsync(IDatabase redis, string key, int limit, DateTimeOffset now, TimeSpan answerWithin, CancellationToken ct)
    {
        var (period, elapsed) = SlidingWindow.Split(now, length);
        var leases = _leases;
        while (period != leases.Period)
        {
            if (period == leases.Period - 1) (period, elapsed) = (leases.Period, 0); // asked for the time before another caller who got here first
            else
            {
                Interlocked.CompareExchange(ref _leases, new PeriodLeases(period, length), leases); // one begins it: what another's had drawn would be lost
                leases = _leases;
            }
        }

        var lease = leases.Of(key);
        while (true)
        {
            if (lease.Take(redis, limit, elapsed, answerWithin, out var drawing) is { } decision) return decision;
            var drawn = await drawing!.WaitAsync(ct);
            await Task.Yield(); // the client completes its answers one after the other: a request going on from here would hold up all others
            if (drawn == 0) return lease.Refuse(limit, elapsed);
        }
    }

    /// <summary>What this node holds of the windows of one period.</summary>
    private sealed class PeriodLeases(long period, int length)
    {
        private readonly ConcurrentDictionary<string, RedisLease> _byKey = new(StringComparer.Ordinal);
        private int _count; // the dictionary's own Count takes all its locks

        public long Period => period;

        /// <summary>The lease of a window. Past the bound each call of a new key draws for itself alone: slower, and no less exact.</summary>
        public RedisLease Of(string key)
        {
            if (_byKey.TryGetValue(key, out var lease)) return lease;
            var added = new RedisLease(key, period, length);
            if (Volatile.Read(ref _count) >= MostRemembered) return added;
            lease = _byKey.GetOrAdd(key, added);
            if (ReferenceEquals(lease, added)) Interlocked.Increment(ref _count);
            return lease;
        }
    }
}
