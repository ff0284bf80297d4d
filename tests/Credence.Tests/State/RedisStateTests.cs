using System.Collections.Concurrent;
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
    public async Task Nodes_share_a_window()
    {
        await using var one = await StateNodes.OpenAsync(StateKind.Redis);
        await using var other = await StateNodes.OpenAsync(StateKind.Redis);

        Assert.Equal(1, (await one.AdmitAsync(_key, 2, Noon, Ct)).Remaining);
        Assert.Equal(0, (await other.AdmitAsync(_key, 2, Noon, Ct)).Remaining);
        Assert.False((await one.AdmitAsync(_key, 2, Noon.AddSeconds(1), Ct)).Admitted);
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
