using System.Globalization;

namespace Credence.Server.Pages;

/// <summary>Instants and lengths of time as a person says them.</summary>
internal static class Spans
{
    /// <summary><c>8 March 2027, 14:05 UTC</c>; the page's script rewrites it to the reader's own clock.</summary>
    public static string Said(this DateTimeOffset at) => at.UtcDateTime.ToString("d MMMM yyyy, HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>The two largest units: <c>24 hours</c>, <c>1 hour 30 minutes</c>, <c>3,650 days (about 10 years)</c>.</summary>
    public static string Said(this TimeSpan span)
    {
        if (span.TotalDays >= 2)
        {
            var days = Two((long)span.TotalDays, "day", span.Hours, "hour");
            return span.TotalDays < 730 ? days : $"{days} (about {Math.Round(span.TotalDays / 365.25):#,0} years)";
        }

        if (span.TotalHours >= 1) return Two((long)span.TotalHours, "hour", span.Minutes, "minute");
        return span.TotalMinutes >= 1 ? Two((long)span.TotalMinutes, "minute", span.Seconds, "second") : One((long)span.TotalSeconds, "second");
    }

    private static string Two(long large, string largeUnit, long small, string smallUnit) =>
        small == 0 ? One(large, largeUnit) : $"{One(large, largeUnit)} {One(small, smallUnit)}";

    private static string One(long count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count:#,0} {unit}{(count == 1 ? "" : "s")}");
}
