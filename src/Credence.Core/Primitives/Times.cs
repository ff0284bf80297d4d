using System.Globalization;

namespace Credence;

/// <summary>How instants are written on the wire.</summary>
public static class Times
{
    /// <summary>ISO 8601 UTC with exactly three fractional digits and <c>Z</c> (contract grantex 4.2).</summary>
    public static string Iso(this DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    /// <summary>The instant without what lies below a millisecond: what the store keeps is what the answer says.</summary>
    public static DateTimeOffset ToMillisecond(this DateTimeOffset at) =>
        DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());

    /// <summary>The clock's time, whole milliseconds: operations ask once and pass it down.</summary>
    public static DateTimeOffset Now(this TimeProvider clock) => clock.GetUtcNow().ToMillisecond();
}
