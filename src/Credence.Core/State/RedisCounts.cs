using System.Globalization;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>Numbers in Redis, each a plain string with a life (contract agent-idp A.5 24). Every script touches one key, so that it works in a cluster.</summary>
internal static class RedisCounts
{
    // KEYS[1] the number, ARGV[1] how many more, ARGV[2] the limit, ARGV[3] what to begin with ('' when that is not known), ARGV[4] its life in milliseconds.
    // A number that is there keeps the life it has.
    private const string Add = """
        local there = redis.call('GET', KEYS[1])
        if not there and ARGV[3] == '' then return {-1, 0} end
        local count = tonumber(there or ARGV[3])
        if count + tonumber(ARGV[1]) > tonumber(ARGV[2]) then
            if not there then redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end
            return {0, count}
        end
        if not there then redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end
        return {1, redis.call('INCRBY', KEYS[1], ARGV[1])}
        """;

    // KEYS[1] the number, ARGV[1] what it is at least, ARGV[2] its life in milliseconds
    private const string AtLeast = """
        local there = redis.call('GET', KEYS[1])
        if there and tonumber(there) >= tonumber(ARGV[1]) then return 0 end
        redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
        return 1
        """;

    private const string TakeBack = "if tonumber(redis.call('GET', KEYS[1]) or '0') < 1 then return 0 end redis.call('DECR', KEYS[1]) return 1";

    /// <summary>As <see cref="ISharedState.CountAsync"/>.</summary>
    public static async Task<Counted> CountAsync(IDatabase redis, SharedCount what, int amount, long limit, long? known, DateTimeOffset now)
    {
        var begin = known?.ToString(CultureInfo.InvariantCulture) ?? "";
        var answer = (long[])await redis.ScriptEvaluateAsync(Add, [what.Key], [amount, limit, begin, Life(what, now)]);
        return new Counted(answer[0] switch { 1 => CountOutcome.Counted, 0 => CountOutcome.Full, _ => CountOutcome.Unknown }, answer[1]);
    }

    /// <summary>As <see cref="ISharedState.RaiseAsync"/>.</summary>
    public static async Task<bool> RaiseAsync(IDatabase redis, SharedCount what, long least, DateTimeOffset now) =>
        (int)await redis.ScriptEvaluateAsync(AtLeast, [what.Key], [least, Life(what, now)]) == 1;

    /// <summary>As <see cref="ISharedState.UncountAsync"/>.</summary>
    public static async Task<bool> UncountAsync(IDatabase redis, string key) => (int)await redis.ScriptEvaluateAsync(TakeBack, [key]) == 1;

    private static long Life(SharedCount what, DateTimeOffset now) => Math.Max(1, (long)(what.Until - now).TotalMilliseconds);
}
