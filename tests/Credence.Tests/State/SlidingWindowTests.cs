using Credence.State;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.State;

public class SlidingWindowTests
{
    [Theory]
    [InlineData(100, 0, 0, 99)]
    [InlineData(100, 0, 30_000, 49)]
    [InlineData(100, 7, 59_999, 7)]
    [InlineData(0, 7, 0, 7)]
    public void The_previous_minute_counts_by_the_share_still_covered(int previous, int current, int elapsed, int used) =>
        Assert.Equal(used, new SlidingWindow(previous, current, elapsed).Used);

    [Fact]
    public void A_full_window_that_began_with_its_minute_frees_a_call_when_the_minute_ends() =>
        Assert.Equal(new RateDecision(true, 10, 0, 60), new SlidingWindow(0, 10, 0).Decide(admitted: true, 10));

    [Fact]
    public void An_empty_window_has_nothing_to_wait_for() =>
        Assert.Equal(new RateDecision(true, 10, 10, 0), new SlidingWindow(3, 0, 59_000).Decide(admitted: true, 10));

    [Fact]
    public void A_limit_of_nothing_never_promises_a_call() =>
        Assert.Equal(new RateDecision(false, 0, 0, 60), new SlidingWindow(0, 1, 100).Decide(admitted: false, 0));

    [Fact]
    public void The_reset_is_the_first_whole_second_at_which_one_more_call_is_admitted() =>
        Prop.ForAll(Windows().ToArbitrary(), sample =>
        {
            var (window, limit) = sample;
            var decision = window.Decide(admitted: false, limit);
            var wanted = Math.Min(window.Used, limit) - 1;
            var inTime = After(window, decision.ResetSeconds * 1000).Used <= wanted;
            var notSooner = After(window, (decision.ResetSeconds - 1) * 1000).Used > wanted;
            return inTime && notSooner && decision.ResetSeconds >= 1 && decision.ResetSeconds <= (window.Length + 999) / 1000;
        }).QuickCheckThrowOnFailure();

    /// <summary>Windows with at least one call, as they can come about under one limit.</summary>
    private static Gen<(SlidingWindow Window, int Limit)> Windows() =>
        from limit in Gen.Choose(1, 3000)
        from length in Gen.Elements(1_000, 1_500, SlidingWindow.Minute, 3_600_000)
        from previous in Gen.Choose(0, limit)
        from elapsed in Gen.Choose(0, length - 1)
        let carried = new SlidingWindow(previous, 0, elapsed, length).Used
        from current in Gen.Choose(0, limit - carried)
        where carried + current > 0
        select (new SlidingWindow(previous, current, elapsed, length), limit);

    private static SlidingWindow After(SlidingWindow window, int milliseconds)
    {
        var elapsed = window.Elapsed + milliseconds;
        var turned = window with { Previous = window.Current, Current = 0 };
        if (elapsed < window.Length) return window with { Elapsed = elapsed };
        return elapsed < 2 * window.Length ? turned with { Elapsed = elapsed - window.Length } : turned with { Previous = 0, Elapsed = 0 };
    }
}
