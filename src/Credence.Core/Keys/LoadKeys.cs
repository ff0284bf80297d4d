using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Keys;

/// <summary>At start: reads the keys that are given, makes those that are missing in the database, and fills the ring (contract operations O14).</summary>
public sealed class LoadKeys(Db db, KeyOptions options, ReloadKeys reload, TimeProvider clock, ILogger<LoadKeys> log)
{
    /// <summary>Loads. Nodes that start together on an empty database agree on one key of each kind.</summary>
    /// <exception cref="InvalidDataException">The keys cannot be used; the message says which setting would mend it.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        var given = KeySources.Read(options);
        var rows = await KeyStore.ListAsync(db, ct);
        if (rows.Find(row => row.Status == KeyStatus.Revoked && given.Find(row.Kid)?.Status == KeyStatus.Current) is { } revoked)
        {
            throw new InvalidDataException($"{given.Find(revoked.Kid)!.Source} holds a key that was revoked with `credence keys retire --now`; give another");
        }

        foreach (var algorithm in given.Kept) await EnsureCurrentAsync(given, algorithm, ct);
        await StoredKeys.ReencryptAsync(db, given, await KeyStore.ListAsync(db, ct), log, ct);
        await reload.RunAsync(ct);
    }

    private async Task EnsureCurrentAsync(GivenKeys given, KeyAlgorithm algorithm, CancellationToken ct)
    {
        var rows = await KeyStore.ListAsync(db, ct);
        var now = clock.Now();
        var current = rows.Find(row => row.Algorithm == algorithm && row.Status == KeyStatus.Current);
        if (current is not null && StoredKeys.Open(given.Wrap, current) is not null) return;
        if (current is not null && !WasDerived(current)) throw CannotOpen(current);

        // A next key that this node can open takes over; verifiers may know it already.
        var next = rows.Find(row => row.Algorithm == algorithm && row.Status == KeyStatus.Next && StoredKeys.Open(given.Wrap, row) is not null);
        var made = next is null ? StoredKeys.Make(algorithm, KeyStatus.Current, given.Wrap, now) : null;

        await using var tx = await db.BeginAsync(ct);
        if (current is not null && !await KeyStore.RetireAsync(tx, current, now, options.KnownUntil(now), ct)) return; // another node did
        var done = next is null ? await KeyStore.AddAsync(tx, made!, ct) : await KeyStore.PromoteAsync(tx, next, now, ct);
        if (!done) return; // another node was first: its key is the one
        await tx.CommitAsync();

        if (current is not null) Log.Replaced(log, current.Kid, algorithm);
        if (made is not null) Log.Made(log, made.Kid, algorithm, made.Status);
        Log.Activated(log, (made ?? next!).Kid, algorithm);
    }

    /// <summary>Encrypted under an RSA key that was given then: nobody can open it again when that key is gone, and only its public part still matters.</summary>
    private static bool WasDerived(KeyRow row) => row.Private!.StartsWith("v1." + EnvelopeKey.DerivedPrefix, StringComparison.Ordinal);

    private static InvalidDataException CannotOpen(KeyRow row) => new(
        $"DATA_ENCRYPTION_KEY does not open the {row.Algorithm} signing key in the database; give the key it was encrypted under, as DATA_ENCRYPTION_KEY or " +
        "DATA_ENCRYPTION_KEY_PREVIOUS, or, if that is lost, run `credence keys rotate --now`");
}
