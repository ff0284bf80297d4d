using System.Diagnostics;

namespace Credence.Bench;

/// <summary>What a load found.</summary>
/// <param name="PerSecond">How many steps were done in a second.</param>
/// <param name="P50">Half of them took this many milliseconds or less.</param>
/// <param name="P99">99 of 100 took this many milliseconds or less.</param>
/// <param name="Computing">How many microseconds the server computed for one of them, on all cores together.</param>
/// <param name="Database">How many microseconds PostgreSQL did.</param>
internal sealed record Figures(double PerSecond, double P50, double P99, double Computing, double Database)
{
    /// <summary>The round in the middle by throughput.</summary>
    public static Figures Median(List<Figures> rounds) => rounds.OrderBy(round => round.PerSecond).ElementAt(rounds.Count / 2);
}

/// <summary>A closed loop: so many connections, each sending its next request when it has its answer.</summary>
internal static class Load
{
    /// <summary>How many connections a load has, as design 6 says.</summary>
    public const int Connections = 64;

    /// <summary>Runs <paramref name="step"/> on each connection again and again for <paramref name="time"/>, after a warm-up of a fifth of that.</summary>
    /// <exception cref="InvalidOperationException">Any answer was not the one that was wanted.</exception>
    public static async Task<Figures> RunAsync(ServerUnderLoad server, TimeSpan time, Func<HttpLine, CancellationToken, ValueTask> step, CancellationToken ct)
    {
        var start = Stopwatch.GetTimestamp() + (long)(time.TotalSeconds / 5 * Stopwatch.Frequency);
        var end = start + (long)(time.TotalSeconds * Stopwatch.Frequency);
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var (computed, database) = (server.Computed(), DatabaseWork.Computed());
        var connections = Enumerable.Range(0, Connections).Select(_ => Task.Run(() => LoopAsync(server.Port, start, end, step, failed), failed.Token)).ToList();
        var lines = await Task.WhenAll(connections);
        var steps = lines.Sum(line => line.Steps);
        var ticks = lines.SelectMany(line => line.Ticks).Order().ToArray();
        return new Figures(ticks.Length / time.TotalSeconds, At(ticks, 0.5), At(ticks, 0.99), Each(server.Computed() - computed), Each(DatabaseWork.Computed() - database));

        double Each(TimeSpan computing) => computing.TotalMicroseconds / steps;
    }

    /// <summary>Asks the same again and again, in as many rounds as there are to be: the one in the middle.</summary>
    public static async Task<Figures> AskAsync(ServerUnderLoad server, byte[] request, Pace pace, CancellationToken ct)
    {
        var rounds = new List<Figures>();
        for (var round = 0; round < pace.Rounds; round++) rounds.Add(await RunAsync(server, pace.Round, (line, stop) => line.AskAsync(request, 200, stop), ct));
        return Figures.Median(rounds);
    }

    /// <param name="Steps">All steps, those of the warm-up included.</param>
    /// <param name="Ticks">How long each took that counts.</param>
    private sealed record Line(int Steps, List<long> Ticks);

    private static async Task<Line> LoopAsync(
        int port, long start, long end, Func<HttpLine, CancellationToken, ValueTask> step, CancellationTokenSource failed)
    {
        var taken = new List<long>(16 * 1024);
        var steps = 0;
        try
        {
            using var line = await HttpLine.OpenAsync(port, failed.Token);
            var before = Stopwatch.GetTimestamp();
            while (before < end)
            {
                await step(line, failed.Token);
                steps++;
                var after = Stopwatch.GetTimestamp();
                if (after >= start && after < end) taken.Add(after - before);
                before = after;
            }

            return new Line(steps, taken);
        }
        catch
        {
            await failed.CancelAsync();
            throw;
        }
    }

    private static double At(long[] ticks, double share) =>
        ticks.Length == 0 ? double.NaN : ticks[Math.Min(ticks.Length - 1, (int)(ticks.Length * share))] * 1000.0 / Stopwatch.Frequency;
}
