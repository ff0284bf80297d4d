using StackExchange.Redis;

namespace Credence.State;

/// <summary>The calls that this node has drawn from one window's counter of one period, and not yet admitted.</summary>
/// <param name="key">The window's documented key, without its period.</param>
/// <param name="period">The period.</param>
/// <param name="length">How long it is, in milliseconds.</param>
internal sealed class RedisLease(string key, long period, int length)
{
    private const int BlocksPerLimit = 20; // 5 %

    // Touches the current period's key alone, so that it works in a cluster.
    // KEYS[1] the counter of this period, ARGV[1] how many calls it has room for, ARGV[2] how many are wanted, ARGV[3] its life in milliseconds
    private const string Draw = """
        local count = tonumber(redis.call('GET', KEYS[1]) or '0')
        local taken = math.min(tonumber(ARGV[2]), tonumber(ARGV[1]) - count)
        if taken < 1 then return {0, count} end
        count = redis.call('INCRBY', KEYS[1], taken)
        if count == taken then redis.call('PEXPIRE', KEYS[1], ARGV[3]) end
        return {taken, count}
        """;

    private readonly Lock _gate = new();
    private int? _previous; // the count of the period before is final, and is read once
    private int _counted; // all nodes' calls of this period, blocks that are not used up included
    private int _left;
    private Task<int>? _drawing;

    /// <summary>Admits a call from what was drawn. Where nothing is left, <paramref name="drawing"/> tells how many calls are being drawn now.</summary>
    public RateDecision? Take(IDatabase redis, int limit, int elapsed, TimeSpan answerWithin, out Task<int>? drawing)
    {
        lock (_gate)
        {
            drawing = null;
            if (_left > 0 && Window(elapsed).Used < limit)
            {
                _left--;
                return Window(elapsed).Decide(admitted: true, limit);
            }

            if (_drawing is null or { IsCompleted: true }) _drawing = DrawAsync(redis, limit, elapsed, answerWithin);
            drawing = _drawing;
            return null;
        }
    }

    /// <summary>Says that there was nothing to draw.</summary>
    public RateDecision Refuse(int limit, int elapsed)
    {
        lock (_gate) return Window(elapsed).Decide(admitted: false, limit);
    }

    private SlidingWindow Window(int elapsed) => new(_previous ?? 0, _counted - _left, elapsed, length);

    private async Task<int> DrawAsync(IDatabase redis, int limit, int elapsed, TimeSpan answerWithin)
    {
        await Task.Yield(); // out of the gate
        _previous ??= (int)await redis.StringGetAsync($"{key}:{period - 1}").WaitAsync(answerWithin);
        var room = limit - new SlidingWindow(_previous.Value, Current: 0, elapsed, length).Carried;

        // The contract's life ends with the period; a sliding window needs the count for one period more.
        var life = (2 * length) - elapsed;
        var block = Math.Max(1, limit / BlocksPerLimit);
        var answer = (int[])await redis.ScriptEvaluateAsync(Draw, [$"{key}:{period}"], [room, block, life]).WaitAsync(answerWithin);
        lock (_gate)
        {
            _left += answer[0];
            _counted = answer[1];
        }

        return answer[0];
    }
}
