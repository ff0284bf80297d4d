using System.Collections.Concurrent;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>
/// Sliding windows in Redis, under the documented keys (contract grantex 7): one counter a minute. The script that counts touches the
/// current minute's key alone, so that it works in a cluster; the previous minute's count is final and is read once.
/// </summary>
internal sealed class RedisWindows
{
    private const int MostRemembered = 100_000;

    // KEYS[1] the counter of this minute, ARGV[1] how many calls it has room for, ARGV[2] its life in milliseconds
    private const string Admit = """
        local count = tonumber(redis.call('GET', KEYS[1]) or '0')
        if count >= tonumber(ARGV[1]) then return {0, count} end
        count = redis.call('INCR', KEYS[1])
        if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
        return {1, count}
        """;

    private volatile Remembered _remembered = new(0);

    public async Task<RateDecision> AdmitAsync(IDatabase redis, string key, int limit, DateTimeOffset now)
    {
        var (minute, elapsed) = SlidingWindow.Split(now);
        var window = new SlidingWindow(await PreviousAsync(redis, key, minute), Current: 0, elapsed);

        // The contract's life ends with the minute; a sliding window needs the count for one minute more.
        var life = (2 * SlidingWindow.Minute) - elapsed;
        var answer = (int[])await redis.ScriptEvaluateAsync(Admit, [$"{key}:{minute}"], [limit - window.Carried, life]);
        return (window with { Current = answer[1] }).Decide(admitted: answer[0] == 1, limit);
    }

    private async ValueTask<int> PreviousAsync(IDatabase redis, string key, long minute)
    {
        var remembered = _remembered;
        if (remembered.Minute != minute) remembered = _remembered = new Remembered(minute);
        if (remembered.Counts.TryGetValue(key, out var previous)) return previous;

        previous = (int)await redis.StringGetAsync($"{key}:{minute - 1}");
        if (remembered.Counts.Count < MostRemembered) remembered.Counts[key] = previous;
        return previous;
    }

    /// <summary>The counts of the minute before <see cref="Minute"/>, as far as they were asked for.</summary>
    private sealed record Remembered(long Minute)
    {
        public ConcurrentDictionary<string, int> Counts { get; } = new();
    }
}
