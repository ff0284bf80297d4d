using System.Globalization;

namespace Credence.Bench;

/// <summary>How long PostgreSQL has computed: its processes share the cores with the server, and a flow's time is theirs too.</summary>
internal static class DatabaseWork
{
    private const double TicksPerSecond = 100; // USER_HZ, which Linux fixes for every program to see

    private static readonly string? Postmaster = Environment.GetEnvironmentVariable("BENCH_POSTGRES_PID");

    /// <summary>Of all its processes so far, those that ended included.</summary>
    public static TimeSpan Computed()
    {
        if (Postmaster is null) return TimeSpan.Zero;
        var ticks = 0L;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(folder)[0]) || Fields(folder) is not { } fields) continue;
            if (folder == $"/proc/{Postmaster}") ticks += Sum(fields, 11, 4); // its own, and those of children it has waited for
            else if (fields[1] == Postmaster) ticks += Sum(fields, 11, 2);
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    /// <summary>The fields behind the program's name, which may hold anything.</summary>
    private static string[]? Fields(string folder)
    {
        try
        {
            var text = File.ReadAllText(Path.Combine(folder, "stat"));
            return text[(text.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            return null; // ended meanwhile
        }
    }

    private static long Sum(string[] fields, int first, int count) =>
        fields.Skip(first).Take(count).Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
}
