using System.Collections.Concurrent;
using Credence.State;
using Credence.Tests.Support;

namespace Credence.Tests.State;

public sealed class RedisOutageTests : IDisposable
{
    private const int Lost = 2000;
    private const int Back = 2001;
    private const int QueueFull = 2002;
    private const int QueueWritten = 2003;
    private const int Refused = 2004;
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly RedisServer _redis = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _redis.Dispose();

    [Fact]
    public async Task A_redis_that_is_down_at_the_start_is_used_as_soon_as_it_comes()
    {
        var log = new KeptLog();
        await using var state = StateNodes.Open(_redis.Url, log);
        Assert.False(await state.PingAsync(Ct));
        Assert.True((await state.AdmitAsync("key", 1, Noon, Ct)).Admitted);
        await _redis.TurnAwayAsync(6, Ct);

        await _redis.StartAsync(Ct);
        await StateNodes.UntilAsync(() => state.PingAsync(Ct));

        Assert.Equal([Lost, Back], log.Events);
        Assert.Equal(1, (await state.AdmitAsync("key", 2, Noon, Ct)).Remaining); // Redis counts afresh
    }

    [Fact]
    public async Task While_redis_is_down_nothing_is_left_and_what_was_left_is_not_known_to_be_gone()
    {
        await using var state = await ConnectedAsync();
        Assert.True(await state.LeaveAsync("left", "value", TimeSpan.FromMinutes(1), Noon, Ct));
        _redis.Stop();

        Assert.Equal(default, await state.TakeAsync("left", Noon, Ct));
        Assert.False(await state.LeaveAsync("another", "value", TimeSpan.FromMinutes(1), Noon, Ct));
    }

    [Fact]
    public async Task While_redis_is_down_windows_of_the_process_stand_in()
    {
        await using var state = await ConnectedAsync();
        await state.AdmitAsync("key", 3, Noon, Ct);

        _redis.Stop();
        await StateNodes.UntilAsync(async () => !await state.PingAsync(Ct));

        var admitted = 0;
        for (var call = 0; call < 10; call++) admitted += (await state.AdmitAsync("key", 3, Noon, Ct)).Admitted ? 1 : 0;
        Assert.Equal(3, admitted);
    }

    [Fact]
    public async Task Calls_in_the_very_moment_of_the_outage_are_answered_too()
    {
        await using var state = await ConnectedAsync();
        using var ended = new CancellationTokenSource();
        var callers = Enumerable.Range(0, 8).Select(caller => Task.Run(
            async () =>
            {
                while (!ended.IsCancellationRequested)
                {
                    await state.AdmitAsync($"key:{caller}", 1_000_000, Noon, Ct);
                    await Task.Delay(1, Ct);
                }
            },
            Ct)).ToList();

        await Task.Delay(100, Ct);
        _redis.Stop();
        await StateNodes.UntilAsync(async () => !await state.PingAsync(Ct));
        await _redis.StartAsync(Ct);
        await StateNodes.UntilAsync(() => state.PingAsync(Ct));
        await ended.CancelAsync();

        await Task.WhenAll(callers);
    }

    [Fact]
    public async Task A_redis_that_hangs_counts_as_down_until_it_answers_again()
    {
        var log = new KeptLog();
        await using var state = await ConnectedAsync(log, RedisState.AnswerWithin);

        _redis.Pause();
        Assert.True((await state.AdmitAsync("key", 1, Noon, Ct)).Admitted);
        await StateNodes.UntilAsync(() => Task.FromResult(log.Events.Contains(Lost)));
        Assert.False(await state.PingAsync(Ct));
        Assert.False((await state.AdmitAsync("key", 1, Noon, Ct)).Admitted);

        _redis.Resume();
        await StateNodes.UntilAsync(() => state.PingAsync(Ct));
        Assert.Equal([Lost, Back], log.Events.Take(2)); // on a busy machine half a second may pass again
    }

    [Fact]
    public async Task A_write_that_was_under_way_when_redis_went_is_written_again()
    {
        var log = new KeptLog();
        await using var state = await ConnectedAsync(log, RedisState.AnswerWithin);

        _redis.Pause();
        state.Put("under way", "1", TimeSpan.FromHours(1));
        await StateNodes.UntilAsync(() => Task.FromResult(log.Events.Contains(Lost)));
        _redis.Stop();
        await _redis.StartAsync(Ct);

        using var look = await RedisServer.LookAsync(_redis.Url);
        await StateNodes.UntilAsync(() => look.GetDatabase().KeyExistsAsync("under way"));
    }

    [Fact]
    public async Task Writes_wait_for_redis_and_the_last_one_of_a_key_stands()
    {
        var log = new KeptLog();
        await using var state = await ConnectedAsync(log);
        _redis.Stop();
        await StateNodes.UntilAsync(async () => !await state.PingAsync(Ct));

        for (var number = 0; number < 1000; number++) state.Put($"revoked:tok:{number}", "1", TimeSpan.FromHours(1));
        state.Put("twice", "first", TimeSpan.FromHours(1));
        state.Put("twice", "second", TimeSpan.FromHours(1));
        state.Put("over", "1", TimeSpan.FromMilliseconds(1));
        state.Put("last", "1", TimeSpan.FromHours(1));
        await _redis.StartAsync(Ct);

        using var look = await RedisServer.LookAsync(_redis.Url);
        await StateNodes.UntilAsync(() => look.GetDatabase().KeyExistsAsync("last"));
        Assert.Equal("second", await look.GetDatabase().StringGetAsync("twice"));
        Assert.False(await look.GetDatabase().KeyExistsAsync("over"));
        Assert.DoesNotContain(Refused, log.Events);
        for (var number = 0; number < 1000; number++) Assert.True(await look.GetDatabase().KeyExistsAsync($"revoked:tok:{number}"));
    }

    [Fact]
    public async Task A_full_queue_drops_the_oldest_writes_and_says_so_once()
    {
        var log = new KeptLog();
        await using var state = StateNodes.Open(_redis.Url, log);
        for (var number = 0; number < 101_000; number++) state.Put($"revoked:tok:{number}", "1", TimeSpan.FromHours(1));
        Assert.Single(log.Events, id => id == QueueFull);

        await _redis.StartAsync(Ct);
        await StateNodes.UntilAsync(() => Task.FromResult(log.Events.Contains(QueueWritten)));

        using var look = await RedisServer.LookAsync(_redis.Url);
        Assert.True(await look.GetDatabase().KeyExistsAsync("revoked:tok:100999"));
        Assert.False(await look.GetDatabase().KeyExistsAsync("revoked:tok:900"));
    }

    [Fact]
    public async Task Channels_are_heard_again_after_an_outage()
    {
        await using var one = await ConnectedAsync();
        await using var other = StateNodes.Open(_redis.Url);
        var heard = new ConcurrentQueue<string>();
        other.Subscribe("before", heard.Enqueue);
        await one.HearsAsync("before", heard);

        _redis.Stop();
        await StateNodes.UntilAsync(async () => !await other.PingAsync(Ct));
        other.Subscribe("during", heard.Enqueue);
        await _redis.StartAsync(Ct);

        await one.HearsAsync("before", heard);
        await one.HearsAsync("during", heard);
    }

    [Fact]
    public async Task While_redis_is_down_this_process_still_hears_itself()
    {
        await using var state = StateNodes.Open(_redis.Url);
        var heard = new ConcurrentQueue<string>();
        state.Subscribe("channel", heard.Enqueue);

        state.Publish("channel", "hello");

        Assert.Equal(["hello"], heard);
    }

    [Fact]
    public async Task A_connection_that_is_killed_is_made_again()
    {
        var log = new KeptLog();
        await using var state = await ConnectedAsync(log);
        using var look = await RedisServer.LookAsync(_redis.Url + ",allowAdmin=true");

        await look.GetDatabase().ExecuteAsync("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes");
        await StateNodes.UntilAsync(() => Task.FromResult(log.Events.Contains(Back)));

        await StateNodes.UntilAsync(() => state.PingAsync(Ct));
        Assert.Equal([Lost, Back], log.Events);
    }

    private async Task<RedisState> ConnectedAsync(KeptLog? log = null, TimeSpan? answerWithin = null)
    {
        await _redis.StartAsync(Ct);
        var state = StateNodes.Open(_redis.Url, log, answerWithin);
        await StateNodes.UntilAsync(() => state.PingAsync(Ct));
        return state;
    }
}
