namespace Credence.Tests.Policies;

/// <summary>The clocks of some places by the words of their laws, for years in which those stood; nothing here asks the machine's tables.</summary>
internal static class WorldClocks
{
    public static readonly string[] Zones =
        ["UTC", "Europe/Berlin", "America/New_York", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Kiritimati", "Pacific/Pago_Pago"];

    /// <summary>What the clock shows there.</summary>
    public static DateTime Read(string zone, DateTimeOffset at)
    {
        var utc = at.UtcDateTime;
        var minutes = zone switch
        {
            // From the last Sunday of March to the last of October, both at 01:00 UTC.
            "Europe/Berlin" => 60 + (Between(utc, LastSunday(utc.Year, 3).AddHours(1), LastSunday(utc.Year, 10).AddHours(1)) ? 60 : 0),
            // From the second Sunday of March to the first of November, at 02:00 of what the clock shows.
            "America/New_York" => -300 + (Between(utc, Sunday(utc.Year, 3, 2).AddHours(7), Sunday(utc.Year, 11, 1).AddHours(6)) ? 60 : 0),
            "America/St_Johns" => -210 + (Between(utc, Sunday(utc.Year, 3, 2).AddMinutes(330), Sunday(utc.Year, 11, 1).AddMinutes(270)) ? 60 : 0),
            // Half an hour, and in the southern summer: winter time from the first Sunday of April to the first of October, at 02:00 of what the clock shows.
            "Australia/Lord_Howe" => 660 - (Between(utc, Sunday(utc.Year, 4, 1).AddHours(-9), Sunday(utc.Year, 10, 1).AddMinutes(-510)) ? 30 : 0),
            "Asia/Kathmandu" => 345,
            "Pacific/Kiritimati" => 840,
            "Pacific/Pago_Pago" => -660,
            _ => 0,
        };
        return utc.AddMinutes(minutes);
    }

    /// <summary>Every moment at which one of those clocks is changed.</summary>
    public static DateTimeOffset[] Changes(int first, int last) =>
    [
        .. from year in Enumerable.Range(first, last - first + 1)
           from change in new[]
           {
               LastSunday(year, 3).AddHours(1), LastSunday(year, 10).AddHours(1),
               Sunday(year, 3, 2).AddHours(7), Sunday(year, 11, 1).AddHours(6),
               Sunday(year, 3, 2).AddMinutes(330), Sunday(year, 11, 1).AddMinutes(270),
               Sunday(year, 4, 1).AddHours(-9), Sunday(year, 10, 1).AddMinutes(-510),
           }
           select new DateTimeOffset(change, TimeSpan.Zero),
    ];

    private static bool Between(DateTime at, DateTime from, DateTime to) => from <= at && at < to;

    private static DateTime Sunday(int year, int month, int number)
    {
        var first = new DateTime(year, month, 1, 0, 0, 0, DateTimeKind.Utc);
        return first.AddDays((7 - (int)first.DayOfWeek) % 7 + 7 * (number - 1));
    }

    private static DateTime LastSunday(int year, int month)
    {
        var last = new DateTime(year, month, DateTime.DaysInMonth(year, month), 0, 0, 0, DateTimeKind.Utc);
        return last.AddDays(-(int)last.DayOfWeek);
    }
}
