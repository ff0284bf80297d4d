using System.Diagnostics;
using Credence.Passwords;

namespace Credence.Bench;

/// <summary>The ceiling of whatever takes a password: the bare hash on all cores, with nothing else to do.</summary>
internal static class Hashing
{
    /// <summary>How many passwords are hashed in a second.</summary>
    public static async Task<double> PerSecondAsync(HashForm form, TimeSpan time, CancellationToken ct)
    {
        var cores = Environment.ProcessorCount;
        using var gate = new HashGate(new PasswordOptions { AtOnce = cores });
        var hashes = new PasswordHashes(gate, new PasswordOptions { AtOnce = cores });
        var began = Stopwatch.GetTimestamp();
        var loops = await Task.WhenAll(Enumerable.Range(0, cores).Select(async _ =>
        {
            var count = 0;
            for (; Stopwatch.GetElapsedTime(began) < time; count++) await hashes.HashAsync(form, "eleven pipers piping", ct);
            return count;
        }));
        return loops.Sum() / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
