using System.Runtime.InteropServices;

namespace Credence.State;

/// <summary>
/// A sliding window, usually of a minute, estimated from two counters of wall-clock periods of its length (design D14): the previous period's calls
/// are taken as spread evenly, and count by the share of them that the window still covers.
/// </summary>
/// <remarks>
/// All in whole milliseconds: a window of a minute that ends with millisecond <c>e</c> of this one covers the last <c>59,999 - e</c> of the previous one.
/// The share is rounded down, so that whoever is refused waits at most for the window's length; the price is at most one call too many.
/// </remarks>
/// <param name="Previous">Calls admitted in the period before.</param>
/// <param name="Current">Calls admitted so far in this period.</param>
/// <param name="Elapsed">Milliseconds of this period that are over: 0 to one less than its length.</param>
/// <param name="Length">How long the window and each period are, in milliseconds.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SlidingWindow(int Previous, int Current, int Elapsed, int Length = SlidingWindow.Minute)
{
    /// <summary>One minute in milliseconds.</summary>
    public const int Minute = 60_000;

    /// <summary>What the previous period still weighs.</summary>
    public int Carried => (int)((long)Previous * (Length - 1 - Elapsed) / Length);

    /// <summary>Calls in the window.</summary>
    public int Used => Carried + Current;

    /// <summary>Which wall-clock period of <paramref name="length"/> milliseconds an instant lies in, and how many milliseconds of it are over.</summary>
    public static (long Period, int Elapsed) Split(DateTimeOffset now, int length)
    {
        var (period, elapsed) = Math.DivRem(now.ToUnixTimeMilliseconds(), length);
        return (period, (int)elapsed);
    }

    /// <summary>The answer to a call, told from the window as it is after that call.</summary>
    public RateDecision Decide(bool admitted, int limit) => new(admitted, limit, Math.Max(0, limit - Used), ResetSeconds(limit));

    /// <summary>Whole seconds, rounded up, until one call more than now would be admitted; 0 when the window is empty.</summary>
    private int ResetSeconds(int limit)
    {
        if (Used == 0) return 0;
        var wanted = Math.Min(Used, limit) - 1;
        var longest = (Length + 999) / 1000;
        if (wanted < 0) return longest; // a limit of nothing admits nothing, however long one waits

        var at = wanted >= Current ? FirstAtMost(Previous, wanted - Current) : Length + FirstAtMost(Current, wanted);
        return Math.Min(longest, (at - Elapsed + 999) / 1000); // more only when the limit has just been lowered
    }

    /// <summary>The first millisecond of a period in which <paramref name="before"/> calls of the one before it weigh at most <paramref name="most"/>.</summary>
    private int FirstAtMost(int before, int most) =>
        (int)Math.Max(0, Length - 1 - ((((most + 1L) * Length) - 1) / before));
}
