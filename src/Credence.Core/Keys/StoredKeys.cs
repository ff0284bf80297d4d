using System.Security.Cryptography;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Keys;

/// <summary>Makes keys for the database and takes them out of it. Making and encrypting happen before a transaction begins (design D16).</summary>
internal static class StoredKeys
{
    /// <summary>A new key in the form it is stored in.</summary>
    public static KeyRow Make(KeyAlgorithm algorithm, KeyStatus status, Envelope wrap, DateTimeOffset now)
    {
        var key = SigningKey.Generate(algorithm);
        return new KeyRow(
            key.Kid, algorithm, status, key.Jwk, Wrap(key, wrap), now, Activated: status == KeyStatus.Current ? now : null, Retired: null, RemoveAfter: null);
    }

    /// <summary>The key of a row, or null when its private part is gone or cannot be opened with the keys at hand.</summary>
    public static SigningKey? Open(Envelope wrap, KeyRow row)
    {
        if (row.Private is null || wrap.Open(KeyStore.Purpose, row.Kid, row.Private) is not { } der) return null;
        try
        {
            var key = new SigningKey(KeyPair.FromPkcs8(row.Algorithm, der));
            return key.Kid == row.Kid ? key : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    /// <summary>Encrypts under the current key what is under a former one.</summary>
    public static async Task ReencryptAsync(Db db, GivenKeys given, IReadOnlyList<KeyRow> rows, ILogger log, CancellationToken ct)
    {
        foreach (var row in rows.Where(row => row.Private is not null && given.Wrap.NeedsReencryption(row.Private)))
        {
            if (Open(given.Wrap, row) is not { } key) continue;
            var wrapped = Wrap(key, given.Wrap);
            await using var tx = await db.BeginAsync(ct);
            var done = await KeyStore.RewrapAsync(tx, row, wrapped, ct);
            await tx.CommitAsync();
            if (done) Log.Reencrypted(log, row.Kid, row.Algorithm);
        }
    }

    private static string Wrap(SigningKey key, Envelope wrap)
    {
        var der = key.Pair.ExportPkcs8();
        try
        {
            return wrap.Protect(KeyStore.Purpose, key.Kid, der);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }
}
