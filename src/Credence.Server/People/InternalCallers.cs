using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Credence.Server.Hosting;
using Microsoft.Extensions.Primitives;

namespace Credence.Server.People;

/// <summary>
/// Who calls with a name and a secret: a line for each in a file, the name, a colon, and the SHA-256 of the secret in hex (contract identity B.2). Secrets are random,
/// so that a fast hash is enough (design D10). The file is read again while it is used, so that a change counts within a second; without it nobody is known.
/// </summary>
internal sealed class InternalCallers(PeopleDoorOptions options, TimeProvider clock, ILogger<InternalCallers> log)
{
    private const string Scheme = "Basic ";
    private const int LargestFile = 64 * 1024;
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);

    private volatile Known? _known;

    private sealed record Known(string Text, IReadOnlyDictionary<string, byte[]> Hashes, long At);

    /// <summary>Whether a header is of this scheme.</summary>
    public static bool IsBasic(StringValues header) => header is [{ } text] && text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether the header names one of them with their secret (RFC 7617). An unknown name costs what a wrong secret does.</summary>
    public async ValueTask<bool> AreKnownAsync(StringValues header, CancellationToken ct)
    {
        var hashes = (await KnownAsync(ct)).Hashes;
        var sent = header.ToString()[Scheme.Length..].Trim();
        var given = new byte[sent.Length];
        if (!Convert.TryFromBase64String(sent, given, out var length)) return false;
        var pair = given.AsSpan(0, length);
        if (pair.IndexOf((byte)':') is not (> 0 and var colon)) return false;
        var expected = hashes.GetValueOrDefault(Encoding.UTF8.GetString(pair[..colon]));
        var matches = CryptographicOperations.FixedTimeEquals(SHA256.HashData(pair[(colon + 1)..]), expected ?? new byte[SHA256.HashSizeInBytes]);
        return matches && expected is not null;
    }

    private async ValueTask<Known> KnownAsync(CancellationToken ct)
    {
        if (_known is { } known && clock.GetElapsedTime(known.At) < GoodFor) return known;
        var at = clock.GetTimestamp();
        var text = options.BasicCredentialsFile is { } file ? await ReadAsync(file, ct) : "";
        return _known = _known is { } before && before.Text == text ? before with { At = at } : new Known(text, Parse(text), at);
    }

    private async Task<string> ReadAsync(string file, CancellationToken ct)
    {
        try
        {
            if (new FileInfo(file).Length <= LargestFile) return await File.ReadAllTextAsync(file, ct);
            HostLog.BasicCredentialsUnread(log, "it is larger than 64 KiB");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            HostLog.BasicCredentialsUnread(log, error.GetType().Name);
        }

        return "";
    }

    private Dictionary<string, byte[]> Parse(string text)
    {
        var hashes = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var number = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            number++;
            if (line.Length == 0 || line[0] == '#') continue;
            var hash = new byte[SHA256.HashSizeInBytes];
            if (line.Split(':') is [{ Length: > 0 } name, { Length: 2 * SHA256.HashSizeInBytes } hex]
                && Convert.FromHexString(hex, hash, out _, out _) == OperationStatus.Done)
            {
                hashes[name] = hash;
            }
            else
            {
                HostLog.BasicCredentialsUnread(log, $"line {number} is not a name, a colon and the SHA-256 of a secret in hex");
            }
        }

        return hashes;
    }
}
