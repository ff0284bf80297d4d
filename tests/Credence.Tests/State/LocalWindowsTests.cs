using Credence.State;

namespace Credence.Tests.State;

public class LocalWindowsTests
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_window_that_weighs_nothing_any_more_is_forgotten()
    {
        var windows = new LocalWindows();
        for (var caller = 0; caller < 1000; caller++) windows.Admit($"caller {caller}", 5, Noon);
        Assert.Equal(1000, windows.Count);

        windows.Admit("another", 5, Noon.AddMinutes(1));
        Assert.Equal(1001, windows.Count); // the minute before still weighs

        windows.Admit("another", 5, Noon.AddMinutes(2));
        Assert.Equal(1, windows.Count);
    }

    [Fact]
    public void However_many_callers_there_are_the_windows_are_bounded_and_the_late_ones_still_limited()
    {
        var windows = new LocalWindows();
        for (var caller = 0; caller < 250_000; caller++) windows.Admit($"caller {caller}", 5, Noon);

        Assert.InRange(windows.Count, 200_000, 201_100);
        var late = Enumerable.Range(0, 6).Select(_ => windows.Admit("caller 249999", 5, Noon).Admitted);
        Assert.Contains(false, late);
    }

    [Fact]
    public void A_long_window_is_kept_while_it_weighs_and_a_short_one_is_forgotten_sooner()
    {
        var windows = new LocalWindows();
        windows.Admit("long", new RateLimit(5, 3_600_000), Noon);
        windows.Admit("short", new RateLimit(5, 1_000), Noon);

        windows.Admit("another", 5, Noon.AddMinutes(1));
        Assert.Equal(2, windows.Count);
        Assert.Equal(3, windows.Admit("long", new RateLimit(5, 3_600_000), Noon.AddMinutes(1)).Remaining);

        windows.Admit("another", 5, Noon.AddHours(2));
        Assert.Equal(1, windows.Count);
    }

    [Fact]
    public void A_caller_whose_clock_reading_is_overtaken_counts_in_the_new_minute()
    {
        var windows = new LocalWindows();
        windows.Admit("key", 2, Noon);
        windows.Admit("key", 2, Noon.AddMilliseconds(-1));

        Assert.False(windows.Admit("key", 2, Noon.AddMilliseconds(1)).Admitted);
    }
}
