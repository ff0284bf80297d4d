using Credence.State;
using Credence.Tests.Support;

namespace Credence.Tests.State;

/// <summary>Numbers that nodes count together (contract agent-idp A.5).</summary>
public sealed class SharedCountTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SharedCount _count = new($"test:{Guid.NewGuid():N}", Noon.AddHours(12));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachState]
    public async Task What_nobody_counted_is_asked_for_before_it_is_counted(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);

        Assert.Equal(CountOutcome.Unknown, (await state.CountAsync(_count, 1, 10, null, Noon, Ct)).Outcome);
        Assert.Null(await state.CountOfAsync(_count.Key, Noon, Ct));

        Assert.Equal(new Counted(CountOutcome.Counted, 8), await state.CountAsync(_count, 1, 10, 7, Noon, Ct));
        Assert.Equal(new Counted(CountOutcome.Counted, 9), await state.CountAsync(_count, 1, 10, 0, Noon, Ct)); // too late: it is there
        Assert.Equal(9, await state.CountOfAsync(_count.Key, Noon, Ct));
    }

    [Theory, EachState]
    public async Task A_full_number_stays_as_it_is(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);

        Assert.Equal(new Counted(CountOutcome.Full, 10), await state.CountAsync(_count, 1, 10, 10, Noon, Ct));
        Assert.Equal(new Counted(CountOutcome.Full, 10), await state.CountAsync(_count, 1, 10, null, Noon, Ct));
        Assert.Equal(new Counted(CountOutcome.Counted, 11), await state.CountAsync(_count, 1, 11, null, Noon, Ct));
    }

    [Theory, EachState]
    public async Task Of_two_hundred_at_once_over_two_nodes_exactly_as_many_are_counted_as_there_is_room_for(StateKind kind)
    {
        await using var one = await StateNodes.OpenAsync(kind);
        await using var other = kind == StateKind.Redis ? await StateNodes.OpenAsync(kind) : null;

        var taken = await World.AllAtOnceAsync(200, async number =>
            (await (number % 2 == 0 ? one : other ?? one).CountAsync(_count, 1, 1_000, 900, Noon, Ct)).Outcome);

        Assert.Equal(100, taken.Count(outcome => outcome == CountOutcome.Counted));
        Assert.Equal(100, taken.Count(outcome => outcome == CountOutcome.Full));
        Assert.Equal(1_000, await one.CountOfAsync(_count.Key, Noon, Ct));
    }

    [Theory, EachState]
    public async Task It_is_raised_and_never_lowered_and_taken_back_but_never_below_nothing(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);

        await state.UncountAsync(_count.Key, Noon, Ct);
        Assert.Null(await state.CountOfAsync(_count.Key, Noon, Ct));
        Assert.True(await state.RaiseAsync(_count, 2, Noon, Ct));
        Assert.True(await state.RaiseAsync(_count, 1, Noon, Ct));
        Assert.Equal(2, await state.CountOfAsync(_count.Key, Noon, Ct));
        for (var again = 0; again < 3; again++) await state.UncountAsync(_count.Key, Noon, Ct);
        Assert.Equal(0, await state.CountOfAsync(_count.Key, Noon, Ct));
    }

    [Theory, EachState]
    public async Task It_ends_at_its_moment(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        var soon = _count with { Until = Noon.AddMilliseconds(50) };
        await state.CountAsync(soon, 1, 10, 5, Noon, Ct);

        await StateNodes.UntilAsync(async () => await state.CountOfAsync(soon.Key, Noon.AddSeconds(1), Ct) is null);
    }

    [Theory, EachState]
    public async Task Counting_on_does_not_put_off_its_moment(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);
        await state.CountAsync(_count, 1, 10, 0, Noon, Ct);

        await state.CountAsync(_count with { Until = Noon.AddHours(20) }, 1, 10, 0, Noon, Ct);

        Assert.InRange((await state.LeftAsync(_count.Key, Noon, Ct)).Left!.Value, TimeSpan.FromHours(11), TimeSpan.FromHours(12));
    }

    [Fact]
    public async Task In_Redis_it_is_a_plain_number_that_lives_until_its_moment()
    {
        await using var state = await StateNodes.OpenAsync(StateKind.Redis);
        await state.CountAsync(_count, 1, 10, 4, Noon, Ct);
        await state.RaiseAsync(_count, 9, Noon, Ct);
        await state.CountAsync(_count, 1, 10, null, Noon, Ct);

        using var look = await RedisServer.LookAsync(RedisServer.SharedUrl);
        Assert.Equal("10", await look.GetDatabase().StringGetAsync(_count.Key));
        var life = await look.GetDatabase().KeyTimeToLiveAsync(_count.Key);
        Assert.InRange(life!.Value, TimeSpan.FromHours(12) - TimeSpan.FromMinutes(2), TimeSpan.FromHours(12));
    }

    [Fact]
    public async Task Without_Redis_it_says_that_it_is_away()
    {
        using var server = new RedisServer();
        await using var state = StateNodes.Open(server.Url, answerWithin: TimeSpan.FromSeconds(1));

        Assert.Equal(CountOutcome.Away, (await state.CountAsync(_count, 1, 10, 1, Noon, Ct)).Outcome);
        Assert.False(await state.RaiseAsync(_count, 1, Noon, Ct));
        Assert.Null(await state.CountOfAsync(_count.Key, Noon, Ct));
        Assert.Null(await state.KeptAsync(_count.Key, Noon, Ct));
    }

    [Theory, EachState]
    public async Task A_text_is_kept_for_its_life_and_no_longer(StateKind kind)
    {
        await using var state = await StateNodes.OpenAsync(kind);

        await state.KeepAsync(_count.Key, "{}", TimeSpan.FromSeconds(2), Noon, Ct);
        Assert.Equal("{}", await state.KeptAsync(_count.Key, Noon, Ct));
        await StateNodes.UntilAsync(async () => await state.KeptAsync(_count.Key, Noon.AddSeconds(3), Ct) is null);
    }
}
