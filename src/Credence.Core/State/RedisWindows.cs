using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>
/// Sliding windows in Redis, under the documented keys (contract grantex 7): one counter a minute, from which each node draws calls in blocks of
/// at most 5 % of the limit (design D14), so that most calls ask nobody. What a node does not use of a block is given up with the minute.
/// </summary>
internal sealed class RedisWindows
{
    private const int MostRemembered = 100_000;

    private volatile MinuteLeases _leases = new(0);

    /// <summary>Counts one call if <paramref name="limit"/> allows it; of those who wait for a block of the same window, one asks.</summary>
    public async ValueTask<RateDecision> AdmitAsync(IDatabase redis, string key, int limit, DateTimeOffset now, TimeSpan answerWithin, CancellationToken ct)
    {
        var (minute, elapsed) = SlidingWindow.Split(now);
        var leases = _leases;
        if (minute == leases.Minute - 1) (minute, elapsed) = (leases.Minute, 0); // asked for the time before another caller who got here first
        else if (minute != leases.Minute) leases = _leases = new MinuteLeases(minute);

        var lease = leases.Of(key);
        while (true)
        {
            if (lease.Take(redis, limit, elapsed, answerWithin, out var drawing) is { } decision) return decision;
            var drawn = await drawing!.WaitAsync(ct);
            await Task.Yield(); // the client completes its answers one after the other: a request going on from here would hold up all others
            if (drawn == 0) return lease.Refuse(limit, elapsed);
        }
    }

    /// <summary>What this node holds of the windows of one minute.</summary>
    private sealed class MinuteLeases(long minute)
    {
        private readonly ConcurrentDictionary<string, RedisLease> _byKey = new(StringComparer.Ordinal);
        private int _count; // the dictionary's own Count takes all its locks

        public long Minute => minute;

        /// <summary>The lease of a window. Past the bound each call of a new key draws for itself alone: slower, and no less exact.</summary>
        public RedisLease Of(string key)
        {
            if (_byKey.TryGetValue(key, out var lease)) return lease;
            var added = new RedisLease(key, minute);
            if (Volatile.Read(ref _count) >= MostRemembered) return added;
            lease = _byKey.GetOrAdd(key, added);
            if (ReferenceEquals(lease, added)) Interlocked.Increment(ref _count);
            return lease;
        }
    }
}
