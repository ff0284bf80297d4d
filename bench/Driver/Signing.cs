using System.Diagnostics;
using System.Security.Cryptography;

namespace Credence.Bench;

/// <summary>How often all cores together can sign and do nothing else: the ceiling of everything that gives out a token.</summary>
internal static class Signing
{
    /// <summary>RSA-2048 signatures a second, one thread for each core.</summary>
    public static double PerSecond(TimeSpan time)
    {
        using var rsa = RSA.Create(2048);
        return PerSecond(time, (payload, signature) => rsa.TrySignData(payload, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, out _));
    }

    /// <summary>ES256 signatures a second, one thread for each core.</summary>
    public static double EcPerSecond(TimeSpan time)
    {
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return PerSecond(time, (payload, signature) => ec.TrySignData(payload, signature, HashAlgorithmName.SHA256, out _));
    }

    private static double PerSecond(TimeSpan time, Action<byte[], byte[]> sign)
    {
        var payload = RandomNumberGenerator.GetBytes(600); // the length of a token's signed part
        long count = 0;
        var started = Stopwatch.GetTimestamp();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(() =>
        {
            var signature = new byte[256];
            long signed = 0;
            for (; Stopwatch.GetElapsedTime(started) < time; signed++) sign(payload, signature);
            Interlocked.Add(ref count, signed);
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
