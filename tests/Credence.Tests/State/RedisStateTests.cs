using System.Collections.Concurrent;
using Credence.State;
using Credence.Tests.Support;

namespace Credence.Tests.State;

public class RedisStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _key = $"test:{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_window_is_a_counter_under_the_documented_key_for_each_minute()
    {
        await using var state = await StateNodes.OpenAsync(StateKind.Redis);
        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);
        var minute = $"{_key}:{Noon.ToUnixTimeSeconds() / 60}";

        for (var call = 0; call < 5; call++) await state.AdmitAsync(_key, 3, Noon.AddSeconds(20), Ct);

        Assert.Equal(3, (int)await look.GetDatabase().StringGetAsync(minute));
        var life = await look.GetDatabase().KeyTimeToLiveAsync(minute);
        Assert.InRange(life!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(100)); // to the end of the next minute
    }

    [Fact]
    public async Task A_window_of_another_length_is_counted_under_its_own_period_and_kept_for_two()
    {
        await using var state = await StateNodes.OpenAsync(StateKind.Redis);
        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);
        var period = $"{_key}:{Noon.ToUnixTimeMilliseconds() / 300_000}";

        await state.AdmitAsync(_key, new RateLimit(3, 300_000), Noon.AddSeconds(60), Ct);

        Assert.Equal(1, (int)await look.GetDatabase().StringGetAsync(period));
        var life = await look.GetDatabase().KeyTimeToLiveAsync(period);
        Assert.InRange(life!.Value, TimeSpan.FromSeconds(400), TimeSpan.FromSeconds(540));
    }

    [Fact]
    public async Task Nodes_that_are_told_not_to_share_windows_count_by_themselves_and_leave_no_key()
    {
        await using var one = StateNodes.Open(RedisServer.SharedUrl, sharesWindows: false);
        await using var other = StateNodes.Open(RedisServer.SharedUrl, sharesWindows: false);
        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);
        foreach (var state in new[] { one, other })
        {
            await StateNodes.UntilAsync(() => state.PingAsync(Ct));
            Assert.True((await state.AdmitAsync(_key, 1, Noon, Ct)).Admitted);
            Assert.False((await state.AdmitAsync(_key, 1, Noon, Ct)).Admitted);
        }

        Assert.False(await look.GetDatabase().KeyExistsAsync($"{_key}:{Noon.ToUnixTimeSeconds() / 60}"));
    }

    [Fact]
    public async Task Nodes_share_a_window()
    {
        await using var one = await StateNodes.OpenAsync(StateKind.Redis);
        await using var other = await StateNodes.OpenAsync(StateKind.Redis);

        Assert.Equal(1, (await one.AdmitAsync(_key, 2, Noon, Ct)).Remaining);
        Assert.Equal(0, (await other.AdmitAsync(_key, 2, Noon, Ct)).Remaining);
        Assert.False((await one.AdmitAsync(_key, 2, Noon.AddSeconds(1), Ct)).Admitted);
    }

    [Fact]
    public async Task A_large_limit_is_drawn_in_blocks_of_a_twentieth_and_what_remains_is_told_call_by_call()
    {
        await using var state = await StateNodes.OpenAsync(StateKind.Redis);
        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);
        var minute = $"{_key}:{Noon.ToUnixTimeSeconds() / 60}";

        Assert.Equal(new RateDecision(true, 100, 99, 60), await state.AdmitAsync(_key, 100, Noon, Ct));
        Assert.Equal(5, (int)await look.GetDatabase().StringGetAsync(minute));
        for (var call = 2; call <= 6; call++) Assert.Equal(100 - call, (await state.AdmitAsync(_key, 100, Noon, Ct)).Remaining);
        Assert.Equal(10, (int)await look.GetDatabase().StringGetAsync(minute));
    }

    [Fact]
    public async Task Nodes_that_draw_blocks_admit_the_limit_together_and_never_more()
    {
        await using var one = await StateNodes.OpenAsync(StateKind.Redis);
        await using var other = await StateNodes.OpenAsync(StateKind.Redis);
        var calls = Enumerable.Range(0, 3000).Select(caller => Task.Run(
            async () => await (caller % 2 == 0 ? one : other).AdmitAsync(_key, 1000, Noon, Ct), Ct));

        Assert.Equal(1000, (await Task.WhenAll(calls)).Count(decision => decision.Admitted));
    }

    [Fact]
    public async Task Whoever_comes_first_in_a_minute_loses_nothing_of_it_to_others()
    {
        await using var node = await StateNodes.OpenAsync(StateKind.Redis);
        for (var minute = 0; minute < 100; minute += 2) // what was admitted the minute before would still count
        {
            var decided = await World.AllAtOnceAsync(200, async _ => await node.AdmitAsync(_key, 100, Noon.AddMinutes(minute), Ct));
            Assert.Equal(100, decided.Count(decision => decision.Admitted));
        }
    }

    [Fact]
    public async Task What_a_node_did_not_use_of_its_block_is_given_up_when_the_minute_ends()
    {
        await using var idle = await StateNodes.OpenAsync(StateKind.Redis);
        await using var busy = await StateNodes.OpenAsync(StateKind.Redis);
        await idle.AdmitAsync(_key, 100, Noon, Ct); // draws five

        var admitted = 1;
        while ((await busy.AdmitAsync(_key, 100, Noon, Ct)).Admitted) admitted++;
        Assert.Equal(96, admitted);
        Assert.Equal(99, (await idle.AdmitAsync(_key, 100, Noon.AddMinutes(2), Ct)).Remaining); // a new minute, a new block
    }

    [Fact]
    public async Task A_node_hears_what_another_publishes()
    {
        await using var one = await StateNodes.OpenAsync(StateKind.Redis);
        await using var other = await StateNodes.OpenAsync(StateKind.Redis);
        var heard = new ConcurrentQueue<string>();
        other.Subscribe(_key, heard.Enqueue);

        await one.HearsAsync(_key, heard);
    }

    [Fact]
    public async Task A_key_that_is_put_has_its_value_and_its_life()
    {
        await using var state = await StateNodes.OpenAsync(StateKind.Redis);
        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);

        state.Put(_key, "1", TimeSpan.FromHours(1));
        await StateNodes.UntilAsync(() => look.GetDatabase().KeyExistsAsync(_key));

        Assert.Equal("1", await look.GetDatabase().StringGetAsync(_key));
        var life = await look.GetDatabase().KeyTimeToLiveAsync(_key);
        Assert.InRange(life!.Value, TimeSpan.FromMinutes(55), TimeSpan.FromHours(1));
    }

    [Fact]
    public async Task What_was_put_last_is_written_before_the_process_ends()
    {
        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);
        await using (var state = await StateNodes.OpenAsync(StateKind.Redis))
        {
            for (var number = 0; number < 1000; number++) state.Put($"{_key}:{number}", "1", TimeSpan.FromMinutes(1));
        }

        Assert.True(await look.GetDatabase().KeyExistsAsync($"{_key}:999"));
    }
}
