using System.Collections.Concurrent;
using Credence.State;

namespace Credence.Tests.State;

public class SharedStateTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _key = $"test:{Guid.NewGuid():N}";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachState]
    public async Task It_answers_a_ping(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);

        Assert.True(await state.PingAsync(Ct));
        Assert.Equal(kind == StateKind.Redis, state.IsRemote);
    }

    [Theory, EachState]
    public async Task What_is_left_is_taken_by_one_of_fifty_who_come_for_it(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        Assert.True(await state.LeaveAsync(_key, "value", TimeSpan.FromMinutes(1), Noon, Ct));
        Assert.False(await state.LeaveAsync(_key, "another", TimeSpan.FromMinutes(1), Noon, Ct));

        var taken = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => state.TakeAsync(_key, Noon, Ct))));

        Assert.All(taken, each => Assert.True(each.Known));
        Assert.Equal("value", Assert.Single(taken, each => each.Value is not null).Value);
        Assert.True(await state.LeaveAsync(_key, "anew", TimeSpan.FromMinutes(1), Noon, Ct));
    }

    [Fact]
    public async Task What_nobody_came_for_in_time_is_gone()
    {
        await using var state = await StateNodes.OpenAsync(StateKind.Embedded);
        await state.LeaveAsync(_key, "value", TimeSpan.FromMinutes(1), Noon, Ct);

        Assert.Equal(new Taken(true, null), await state.TakeAsync(_key, Noon.AddMinutes(1), Ct));
        await state.LeaveAsync(_key, "value", TimeSpan.FromMinutes(1), Noon, Ct);
        Assert.True(await state.LeaveAsync(_key + ":other", "value", TimeSpan.FromMinutes(1), Noon.AddMinutes(2), Ct)); // sweeps
        Assert.True(await state.LeaveAsync(_key, "anew", TimeSpan.FromMinutes(1), Noon.AddMinutes(2), Ct));
    }

    [Theory, EachState]
    public async Task Calls_are_admitted_up_to_the_limit_and_what_remains_is_told(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);

        Assert.Equal(new RateDecision(true, 3, 2, 60), await state.AdmitAsync(_key, 3, Noon, Ct));
        Assert.Equal(new RateDecision(true, 3, 1, 59), await state.AdmitAsync(_key, 3, Noon.AddSeconds(1), Ct));
        Assert.Equal(new RateDecision(true, 3, 0, 58), await state.AdmitAsync(_key, 3, Noon.AddSeconds(2), Ct));
        Assert.Equal(new RateDecision(false, 3, 0, 57), await state.AdmitAsync(_key, 3, Noon.AddSeconds(3), Ct));
    }

    [Theory, EachState]
    public async Task A_window_may_have_another_length_than_a_minute(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        var short_ = new RateLimit(2, 4_000);

        Assert.Equal(new RateDecision(true, 2, 1, 4), await state.AdmitAsync(_key, short_, Noon, Ct));
        Assert.Equal(new RateDecision(true, 2, 0, 3), await state.AdmitAsync(_key, short_, Noon.AddSeconds(1), Ct));
        Assert.Equal(new RateDecision(false, 2, 0, 2), await state.AdmitAsync(_key, short_, Noon.AddSeconds(2), Ct));
        Assert.Equal(1, (await state.AdmitAsync(_key + ":minute", 2, Noon.AddSeconds(2), Ct)).Remaining);
        Assert.True((await state.AdmitAsync(_key, short_, Noon.AddSeconds(4), Ct)).Admitted);
        Assert.Equal(1, (await state.AdmitAsync(_key, short_, Noon.AddSeconds(12), Ct)).Remaining);
    }

    [Theory, EachState]
    public async Task Each_key_has_a_window_of_its_own(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);

        Assert.True((await state.AdmitAsync(_key + ":a", 1, Noon, Ct)).Admitted);
        Assert.True((await state.AdmitAsync(_key + ":b", 1, Noon, Ct)).Admitted);
        Assert.False((await state.AdmitAsync(_key + ":a", 1, Noon, Ct)).Admitted);
    }

    [Theory, EachState]
    public async Task A_refused_call_is_not_counted(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        await DrainAsync(state, 2, Noon);
        for (var refused = 0; refused < 20; refused++) await state.AdmitAsync(_key, 2, Noon.AddSeconds(30), Ct);

        Assert.True((await state.AdmitAsync(_key, 2, Noon.AddSeconds(60), Ct)).Admitted);
    }

    [Theory, EachState]
    public async Task Whoever_waits_as_long_as_told_is_admitted_and_nobody_sooner(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        var now = Noon.AddSeconds(17.3);
        for (var round = 0; round < 20; round++)
        {
            await DrainAsync(state, 7, now);
            var refused = await state.AdmitAsync(_key, 7, now, Ct);
            Assert.InRange(refused.ResetSeconds, 1, 60);

            Assert.False((await state.AdmitAsync(_key, 7, now.AddSeconds(refused.ResetSeconds - 1), Ct)).Admitted);
            now = now.AddSeconds(refused.ResetSeconds);
            Assert.True((await state.AdmitAsync(_key, 7, now, Ct)).Admitted);
        }
    }

    [Theory, EachState]
    public async Task The_minutes_boundary_gives_no_second_burst(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);

        Assert.Equal(50, await DrainAsync(state, 50, Noon.AddSeconds(59.5)));
        Assert.InRange(await DrainAsync(state, 50, Noon.AddSeconds(60.1)), 0, 1); // the previous minute's weight is rounded down
        Assert.Equal(25, await DrainAsync(state, 50, Noon.AddSeconds(90)) + 1, tolerance: 1);
    }

    [Theory, EachState]
    public async Task A_minute_without_calls_makes_the_window_fresh(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        await DrainAsync(state, 10, Noon);

        Assert.Equal(10, await DrainAsync(state, 10, Noon.AddMinutes(2)));
    }

    [Theory, EachState]
    public async Task Callers_who_come_at_once_get_no_more_than_the_limit(StateKind kind)
    {
        await using var one = await StateNodes.OpenAsync(kind);
        await using var other = kind == StateKind.Redis ? await StateNodes.OpenAsync(kind) : one;

        var calls = Enumerable.Range(0, 200).Select(caller => Task.Run(
            async () => await (caller % 2 == 0 ? one : other).AdmitAsync(_key, 50, Noon, Ct), Ct));
        var decisions = await Task.WhenAll(calls);

        Assert.Equal(50, decisions.Count(decision => decision.Admitted));
    }

    [Theory, EachState]
    public async Task Every_listener_of_a_channel_hears_even_when_one_of_them_fails(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        var heard = new ConcurrentQueue<string>();
        state.Subscribe(_key, _ => throw new InvalidOperationException("a broken listener"));
        state.Subscribe(_key, heard.Enqueue);

        await state.HearsAsync(_key, heard);
    }

    [Theory, EachState]
    public async Task Messages_of_a_channel_come_in_order_and_once(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        var heard = new ConcurrentQueue<string>();
        state.Subscribe(_key, heard.Enqueue);
        await state.HearsAsync(_key, heard);

        var sent = Enumerable.Range(0, 500).Select(number => $"n{number}").ToList();
        foreach (var message in sent) state.Publish(_key, message);
        await StateNodes.UntilAsync(() => Task.FromResult(heard.Contains(sent[^1])));

        Assert.Equal(sent, heard.Where(message => message[0] == 'n'));
    }

    /// <returns>How many calls were admitted until one was refused.</returns>
    private async Task<int> DrainAsync(ISharedState state, int limit, DateTimeOffset now)
    {
        var admitted = 0;
        while ((await state.AdmitAsync(_key, limit, now, Ct)).Admitted) admitted++;
        return admitted;
    }
}
