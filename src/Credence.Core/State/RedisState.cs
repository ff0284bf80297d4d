using System.Collections.Concurrent;
using System.Diagnostics;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>Shared state in Redis (design D5). An outage neither stops the start nor makes a request wait: this process's own windows stand in.</summary>
public sealed class RedisState : ISharedState
{
    /// <summary>How long a request waits for Redis at most, the first to find it away.</summary>
    public static readonly TimeSpan AnswerWithin = TimeSpan.FromMilliseconds(500);

    private const string Store = "redis"; // as spans name it
    private const string TakeScript = "local value = redis.call('get', KEYS[1]); if value then redis.call('del', KEYS[1]) end; return value"; // GETDEL is of Redis 6.2

    private readonly TimeSpan _answerWithin;
    private readonly Metrics? _metrics;
    private readonly RedisLink _link;
    private readonly bool _sharesWindows;
    private readonly ConcurrentDictionary<int, RedisWindows> _windows = new(); // by their length
    private readonly RedisWrites _writes;
    private readonly LocalWindows _standIn = new();
    private readonly LocalChannels _channels;

    private readonly Lock _gate = new();
    private ConnectionMultiplexer? _listening; // under the gate, so that no channel falls between two connections

    /// <summary>Begins to connect, in the background.</summary>
    /// <param name="url">Where Redis is.</param>
    /// <param name="clock">Tells what is left of a write's life when it has waited.</param>
    /// <param name="answerWithin">How long Redis may take to answer before it counts as away: <see cref="AnswerWithin"/>.</param>
    /// <param name="log">Hears of outages.</param>
    /// <param name="metrics">Hears how long commands take; null for nobody.</param>
    /// <param name="sharesWindows">Whether the nodes count calls together (<c>REDIS_RATE_LIMIT_ENABLED</c>); without, each counts its own.</param>
    public RedisState(
        RedisUrl url, TimeProvider clock, TimeSpan answerWithin, ILogger<RedisState> log, Metrics? metrics = null, bool sharesWindows = true)
    {
        _sharesWindows = sharesWindows;
        _metrics = metrics;
        _answerWithin = answerWithin;
        _channels = new LocalChannels(log);
        _link = new RedisLink(url, ListenAsync, answerWithin, log);
        _writes = new RedisWrites(_link, clock, log, took => metrics?.RedisAsked("set", took));
    }

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <inheritdoc/>
    public async Task<bool> PingAsync(CancellationToken ct)
    {
        if (_link.Current is not { } client) return false;
        var began = Stopwatch.GetTimestamp();
        using var span = Tracing.AskStore(Store, "ping");
        try
        {
            await client.GetDatabase().PingAsync().WaitAsync(_answerWithin, ct);
            Told("ping", began);
            return true;
        }
        catch (Exception error) when (RedisLink.IsOutage(error, ct))
        {
            _link.Failed(client, error);
            return false;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<RateDecision> AdmitAsync(string key, RateLimit limit, DateTimeOffset now, CancellationToken ct)
    {
        if (_sharesWindows && _link.Current is { } client)
        {
            try
            {
                var asked = Windows(limit.Window).AdmitAsync(client.GetDatabase(), key, limit.Calls, now, _answerWithin, ct);
                if (asked.IsCompletedSuccessfully) return asked.Result; // from a block that was drawn before: nobody was asked
                using var span = Tracing.AskStore(Store, "evalsha");
                var began = Stopwatch.GetTimestamp();
                var decision = await asked;
                Told("evalsha", began);
                return decision;
            }
            catch (Exception error) when (RedisLink.IsOutage(error, ct))
            {
                _link.Failed(client, error);
            }
        }

        return _standIn.Admit(key, limit, now);
    }

    /// <inheritdoc/>
    public async ValueTask<Counted> CountAsync(SharedCount what, int amount, long limit, long? known, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", redis => RedisCounts.CountAsync(redis, what, amount, limit, known, now), ct) ?? new Counted(CountOutcome.Away, 0);

    /// <inheritdoc/>
    public async ValueTask UncountAsync(string key, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", redis => RedisCounts.UncountAsync(redis, key), ct);

    /// <inheritdoc/>
    public async ValueTask<bool> RaiseAsync(SharedCount what, long least, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", redis => RedisCounts.RaiseAsync(redis, what, least, now), ct) is not null;

    /// <inheritdoc/>
    public async ValueTask<long?> CountOfAsync(string key, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("get", redis => redis.StringGetAsync(key), ct) is { HasValue: true } count && count.TryParse(out long number) ? number : null;

    /// <inheritdoc/>
    public async ValueTask KeepAsync(string key, string text, TimeSpan life, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("set", redis => redis.StringSetAsync(key, text, life), ct);

    /// <inheritdoc/>
    public async ValueTask<string?> KeptAsync(string key, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("get", redis => redis.StringGetAsync(key), ct) is { HasValue: true } text ? (string?)text : null;

    /// <inheritdoc/>
    public void Put(string key, string value, TimeSpan life) => _writes.Put(key, value, life);

    /// <inheritdoc/>
    public async Task<bool> LeaveAsync(string key, string value, TimeSpan life, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("set", redis => redis.StringSetAsync(key, value, life, When.NotExists), ct) is true;

    /// <inheritdoc/>
    public async Task<Taken> TakeAsync(string key, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", async redis => new Taken(true, (string?)await redis.ScriptEvaluateAsync(TakeScript, [key])), ct) ?? default;

    /// <inheritdoc/>
    public async ValueTask<Lasting> ClaimAsync(string key, TimeSpan life, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", redis => RedisRecords.ClaimAsync(redis, key, life), ct) ?? default;

    /// <inheritdoc/>
    public async ValueTask<Lasting> LeftAsync(string key, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", redis => RedisRecords.LeftAsync(redis, key), ct) ?? default;

    /// <inheritdoc/>
    public async ValueTask<bool?> ForgetAsync(string key, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("del", redis => redis.KeyDeleteAsync(key), ct);

    /// <inheritdoc/>
    public async ValueTask<bool> RecordAsync(string key, IReadOnlyDictionary<string, string> fields, TimeSpan life, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", redis => RedisRecords.RecordAsync(redis, key, fields, life), ct) is not null;

    /// <inheritdoc/>
    public async ValueTask<bool?> AmendAsync(
        string key, KeyValuePair<string, string> holder, IReadOnlyDictionary<string, string> fields, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", redis => RedisRecords.AmendAsync(redis, key, holder, fields), ct);

    /// <inheritdoc/>
    public async ValueTask<Guessed> GuessAsync(string key, Guess guess, DateTimeOffset now, CancellationToken ct) =>
        await AskAsync("evalsha", redis => RedisRecords.GuessAsync(redis, key, guess), ct) ?? new Guessed(GuessOutcome.Away, null);

    /// <inheritdoc/>
    public void Publish(string channel, string message) => _ = PublishAsync(channel, message);

    /// <inheritdoc/>
    public void Subscribe(string channel, Action<string> heard)
    {
        lock (_gate)
        {
            if (_channels.Add(channel, heard) && _listening is { } client) _ = SubscribeAsync(client, channel);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _writes.DisposeAsync();
        await _link.DisposeAsync();
    }

    /// <summary>Asks Redis, which may take no longer than it may.</summary>
    /// <returns>Null when it is away.</returns>
    private async Task<T?> AskAsync<T>(string command, Func<IDatabase, Task<T>> ask, CancellationToken ct)
        where T : struct
    {
        if (_link.Current is not { } client) return null;
        var began = Stopwatch.GetTimestamp();
        using var span = Tracing.AskStore(Store, command);
        try
        {
            var answer = await ask(client.GetDatabase()).WaitAsync(_answerWithin, ct);
            await Task.Yield(); // the client completes its answers one after the other: a request going on from here would hold up all others
            return answer;
        }
        catch (Exception error) when (RedisLink.IsOutage(error, ct))
        {
            _link.Failed(client, error);
            return null;
        }
        finally
        {
            Told(command, began);
        }
    }

    private RedisWindows Windows(int length) => _windows.GetOrAdd(length, static length => new RedisWindows(length));

    private void Told(string command, long began) => _metrics?.RedisAsked(command, Stopwatch.GetElapsedTime(began));

    private async Task PublishAsync(string channel, string message)
    {
        if (_link.Current is { } client)
        {
            try
            {
                var began = Stopwatch.GetTimestamp();
                using var span = Tracing.AskStore(Store, "publish");
                await client.GetSubscriber().PublishAsync(channel, message).WaitAsync(_answerWithin);
                Told("publish", began);
                return; // and Redis tells this node like every other
            }
            catch (Exception error) when (RedisLink.IsOutage(error, CancellationToken.None))
            {
                _link.Failed(client, error);
            }
        }

        _channels.Deliver(channel, message);
    }

    private Task ListenAsync(ConnectionMultiplexer client)
    {
        lock (_gate)
        {
            _listening = client;
            return Task.WhenAll(_channels.Names.Select(channel => HearAsync(client, channel)));
        }
    }

    private async Task SubscribeAsync(ConnectionMultiplexer client, string channel)
    {
        try
        {
            await HearAsync(client, channel);
        }
        catch (Exception error) when (RedisLink.IsOutage(error, CancellationToken.None))
        {
            _link.Failed(client, error); // the next connection hears all channels
        }
    }

    private Task HearAsync(ConnectionMultiplexer client, string channel) =>
        client.GetSubscriber().SubscribeAsync(channel, (_, message) => _channels.Deliver(channel, message!)).WaitAsync(_answerWithin);
}
