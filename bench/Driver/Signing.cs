using System.Diagnostics;
using System.Security.Cryptography;

namespace Credence.Bench;

/// <summary>How often all cores together can make an RSA-2048 signature and do nothing else: the ceiling of everything that gives out a token.</summary>
internal static class Signing
{
    /// <summary>Signatures a second, one thread for each core.</summary>
    public static double PerSecond(TimeSpan time)
    {
        using var rsa = RSA.Create(2048);
        var payload = RandomNumberGenerator.GetBytes(600); // the length of a grant token's signed part
        long count = 0;
        var started = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            var signature = new byte[256];
            long signed = 0;
            for (; Stopwatch.GetElapsedTime(started) < time; signed++)
            {
                rsa.TrySignData(payload, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, out var _);
            }

            Interlocked.Add(ref count, signed);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
