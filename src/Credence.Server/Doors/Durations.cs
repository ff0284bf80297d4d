using System.Globalization;

namespace Credence.Server.Doors;

/// <summary>Durations as the grants door writes them: <c>30s</c>, <c>15m</c>, <c>24h</c>, <c>7d</c> (contract grantex 3.4).</summary>
internal static class Durations
{
    /// <summary>Longer is no lifetime but a mistake, and would leave the calendar.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365_000);

    /// <summary>Reads <c>^\d+[smhd]$</c>, positive; null for any other text.</summary>
    public static TimeSpan? Parse(string text)
    {
        if (text.Length < 2) return null;
        var unit = text[^1] switch { 's' => 1L, 'm' => 60L, 'h' => 3_600L, 'd' => 86_400L, _ => 0L };
        if (unit == 0) return null;
        if (!long.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return null;
        return count > 0 && count <= (long)Longest.TotalSeconds / unit ? TimeSpan.FromSeconds(count * unit) : null;
    }
}
