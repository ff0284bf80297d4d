using StackExchange.Redis;

namespace Credence.State;

/// <summary>Claims and records in Redis: plain keys, and hashes with a life. Every script touches one key, so that it works in a cluster (design D5).</summary>
internal static class RedisRecords
{
    private const long Nothing = -2; // as PTTL says it
    private const long NoEnd = -1;

    // KEYS[1] the claim, ARGV[1] its life in milliseconds
    private const string Claim = """
        if redis.call('SET', KEYS[1], '1', 'PX', ARGV[1], 'NX') then return -2 end
        return redis.call('PTTL', KEYS[1])
        """;

    // KEYS[1] the key; the client's own TTL command does not tell an endless key from none
    private const string Left = "return redis.call('PTTL', KEYS[1])";

    // KEYS[1] the record, ARGV[1] its life in milliseconds, then its fields, each a name and a value
    private const string Keep = """
        redis.call('DEL', KEYS[1])
        redis.call('HSET', KEYS[1], unpack(ARGV, 2))
        return redis.call('PEXPIRE', KEYS[1], ARGV[1])
        """;

    // KEYS[1] the record, ARGV[1] and ARGV[2] whose it must be, then the fields to set, each a name and a value
    private const string Amend = """
        if redis.call('HGET', KEYS[1], ARGV[1]) ~= ARGV[2] then return 0 end
        redis.call('HSET', KEYS[1], unpack(ARGV, 3))
        return 1
        """;

    // KEYS[1] the record, ARGV[1] and ARGV[2] whose it must be, ARGV[3] and ARGV[4] the guess, ARGV[5] the counter, ARGV[6] the most wrong guesses.
    // Answers with the outcome's number, and after Right (3) with the fields.
    private const string Try = """
        local there = redis.call('HMGET', KEYS[1], ARGV[1], ARGV[3])
        if there[1] ~= ARGV[2] then return {'0'} end
        if there[2] == ARGV[4] then
            local answer = redis.call('HGETALL', KEYS[1])
            redis.call('DEL', KEYS[1])
            table.insert(answer, 1, '3')
            return answer
        end
        if redis.call('HINCRBY', KEYS[1], ARGV[5], 1) < tonumber(ARGV[6]) then return {'1'} end
        redis.call('DEL', KEYS[1])
        return {'2'}
        """;

    /// <summary>As <see cref="ISharedState.ClaimAsync"/>.</summary>
    public static async Task<Lasting> ClaimAsync(IDatabase redis, string key, TimeSpan life) =>
        Found((long)await redis.ScriptEvaluateAsync(Claim, [key], [Milliseconds(life)]));

    /// <summary>As <see cref="ISharedState.LeftAsync"/>.</summary>
    public static async Task<Lasting> LeftAsync(IDatabase redis, string key) => Found((long)await redis.ScriptEvaluateAsync(Left, [key]));

    /// <summary>As <see cref="ISharedState.RecordAsync"/>.</summary>
    public static async Task<bool> RecordAsync(IDatabase redis, string key, IReadOnlyDictionary<string, string> fields, TimeSpan life)
    {
        RedisValue[] told = [Milliseconds(life), .. Pairs(fields)];
        return (int)await redis.ScriptEvaluateAsync(Keep, [key], told) == 1;
    }

    /// <summary>As <see cref="ISharedState.AmendAsync"/>.</summary>
    public static async Task<bool> AmendAsync(IDatabase redis, string key, KeyValuePair<string, string> holder, IReadOnlyDictionary<string, string> fields)
    {
        RedisValue[] told = [holder.Key, holder.Value, .. Pairs(fields)];
        return (int)await redis.ScriptEvaluateAsync(Amend, [key], told) == 1;
    }

    /// <summary>As <see cref="ISharedState.GuessAsync"/>.</summary>
    public static async Task<Guessed> GuessAsync(IDatabase redis, string key, Guess guess)
    {
        RedisValue[] told = [guess.Holder.Key, guess.Holder.Value, guess.Secret.Key, guess.Secret.Value, guess.Counter, guess.Most];
        var answer = (string[])await redis.ScriptEvaluateAsync(Try, [key], told);
        var outcome = (GuessOutcome)int.Parse(answer[0]);
        if (outcome != GuessOutcome.Right) return new Guessed(outcome, null);
        return new Guessed(outcome, answer.Skip(1).Chunk(2).ToDictionary(field => field[0], field => field[1], StringComparer.Ordinal));
    }

    private static IEnumerable<RedisValue> Pairs(IReadOnlyDictionary<string, string> fields) =>
        fields.SelectMany(field => (RedisValue[])[field.Key, field.Value]);

    private static Lasting Found(long left) => new(true, left switch
    {
        Nothing => null,
        NoEnd => TimeSpan.MaxValue,
        _ => TimeSpan.FromMilliseconds(left),
    });

    private static long Milliseconds(TimeSpan life) => Math.Max(1, (long)life.TotalMilliseconds);
}
