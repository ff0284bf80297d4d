using System.Globalization;

namespace Credence.Server.Doors;

/// <summary>Instants (RFC 3339): in bodies with their offset, in queries without one too.</summary>
internal static class Instants
{
    /// <summary>To the second, or with up to seven decimals.</summary>
    public static readonly string[] Forms = ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>Reads a date, a time and an offset, from 1970 on; null for any other text.</summary>
    public static DateTimeOffset? Parse(string? text)
    {
        if (text is null || !(text.EndsWith('Z') || text.LastIndexOfAny(['+', '-']) > text.IndexOf('T', StringComparison.Ordinal))) return null;
        return DateTimeOffset.TryParseExact(text, Forms, CultureInfo.InvariantCulture, DateTimeStyles.None, out var at) && at >= DateTimeOffset.UnixEpoch
            ? at.ToUniversalTime().ToMillisecond()
            : null;
    }
}
