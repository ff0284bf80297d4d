using System.Runtime.InteropServices;

namespace Credence.State;

/// <summary>How many calls a sliding window admits, and how long it is. A number alone is calls a minute, as most limits are (contract grantex 3.1).</summary>
/// <param name="Calls">The most that are admitted.</param>
/// <param name="Window">The window's length in milliseconds. A key always has the same.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RateLimit(int Calls, int Window)
{
    /// <summary>So many calls a minute.</summary>
    public static implicit operator RateLimit(int perMinute) => new(perMinute, SlidingWindow.Minute);
}
