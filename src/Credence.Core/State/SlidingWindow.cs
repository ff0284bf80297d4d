using System.Runtime.InteropServices;

namespace Credence.State;

/// <summary>
/// A sliding window of a minute, estimated from two counters of wall-clock minutes (design D14): the previous minute's calls are taken
/// as spread evenly, and count by the share of them that the window still covers.
/// </summary>
/// <remarks>
/// All in whole milliseconds: a window that ends with millisecond <c>e</c> of this minute covers the last <c>59,999 - e</c> of the previous one.
/// The share is rounded down, so that whoever is refused waits at most 60 seconds; the price is at most one call too many.
/// </remarks>
/// <param name="Previous">Calls admitted in the minute before.</param>
/// <param name="Current">Calls admitted so far in this minute.</param>
/// <param name="Elapsed">Milliseconds of this minute that are over, 0 to 59,999.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SlidingWindow(int Previous, int Current, int Elapsed)
{
    /// <summary>One minute in milliseconds.</summary>
    public const int Minute = 60_000;

    /// <summary>What the previous minute still weighs.</summary>
    public int Carried => (int)((long)Previous * (Minute - 1 - Elapsed) / Minute);

    /// <summary>Calls in the window.</summary>
    public int Used => Carried + Current;

    /// <summary>Which wall-clock minute an instant lies in, and how many milliseconds of it are over.</summary>
    public static (long Minute, int Elapsed) Split(DateTimeOffset now)
    {
        var (minute, elapsed) = Math.DivRem(now.ToUnixTimeMilliseconds(), Minute);
        return (minute, (int)elapsed);
    }

    /// <summary>The answer to a call, told from the window as it is after that call.</summary>
    public RateDecision Decide(bool admitted, int limit) => new(admitted, limit, Math.Max(0, limit - Used), ResetSeconds(limit));

    /// <summary>Whole seconds, rounded up, until one call more than now would be admitted; 0 when the window is empty.</summary>
    private int ResetSeconds(int limit)
    {
        if (Used == 0) return 0;
        var wanted = Math.Min(Used, limit) - 1;
        if (wanted < 0) return 60; // a limit of nothing admits nothing, however long one waits

        var at = wanted >= Current ? FirstAtMost(Previous, wanted - Current) : Minute + FirstAtMost(Current, wanted);
        return Math.Min(60, (at - Elapsed + 999) / 1000); // more than 60 only when the limit has just been lowered
    }

    /// <summary>The first millisecond of a minute in which <paramref name="before"/> calls of the minute before it weigh at most <paramref name="most"/>.</summary>
    private static int FirstAtMost(int before, int most) =>
        (int)Math.Max(0, Minute - 1 - ((((most + 1L) * Minute) - 1) / before));
}
