using System.Collections.Concurrent;
using Credence.Keys;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Proofs;

/// <summary>
/// The Ed25519 key that signs checkpoints and nothing else (contract standards 22). It lives in the database, encrypted as signing keys are, and
/// stays until an operator replaces it: who holds its public part must be able to check for years.
/// </summary>
public sealed class CheckpointKeys(Db db, KeyOptions options, TimeProvider clock, ILogger<CheckpointKeys> log)
{
    private readonly ConcurrentDictionary<string, SigningKey> _opened = new(StringComparer.Ordinal);

    /// <summary>The public parts of all keys there were, the current one first. A row that this installation did not write is none.</summary>
    public async Task<IReadOnlyList<SigningKey>> ListAsync(CancellationToken ct)
    {
        await CurrentAsync(ct); // the first call makes one
        var rows = await KeyRows.ListAsync(db, ct);
        var fresh = rows.Where(row => !_opened.ContainsKey(row.Kid)).ToList();
        if (fresh.Count > 0)
        {
            var wrap = KeySources.Read(options).Wrap;
            foreach (var row in fresh) await TakeAsync(row, wrap, ct);
        }

        return [.. rows.OrderBy(row => !row.IsCurrent).Select(row => _opened.GetValueOrDefault(row.Kid)).OfType<SigningKey>()];
    }

    /// <summary>The key to sign with; the first call of the installation makes it.</summary>
    public async Task<Result<SigningKey>> CurrentAsync(CancellationToken ct)
    {
        var current = (await KeyRows.ListAsync(db, ct)).Find(row => row.IsCurrent);
        if (current is null)
        {
            await MakeAsync([], ct);
            current = (await KeyRows.ListAsync(db, ct)).Find(row => row.IsCurrent)!;
        }

        if (_opened.TryGetValue(current.Kid, out var known) && known.CanSign) return known;
        return await TakeAsync(current, KeySources.Read(options).Wrap, ct) is { } opened ? opened : ProofFailures.NoKey;
    }

    /// <summary>Whether there is a key to sign with that the settings given do not open. Changes nothing.</summary>
    public async Task<bool> IsLostAsync(CancellationToken ct) =>
        (await KeyRows.ListAsync(db, ct)).Find(row => row.IsCurrent) is { } current && current.Open(KeySources.Read(options).Wrap) is null;

    /// <summary>Asked for by an operator, who vouches for the keys there were: a new one signs from now on, and theirs go on verifying.</summary>
    public async Task<Result<SigningKey>> RotateAsync(CancellationToken ct)
    {
        await MakeAsync(await KeyRows.ListAsync(db, ct), ct);
        return await CurrentAsync(ct);
    }

    private async Task<SigningKey?> TakeAsync(KeyRow row, Envelope wrap, CancellationToken ct)
    {
        if (row.Open(wrap) is not { } key) return null;
        if (wrap.NeedsReencryption(row.Sealed))
        {
            await using var tx = await db.BeginAsync(ct);
            await KeyRows.ResealAsync(tx, row, row.IsCurrent ? KeyRow.Current(key, wrap, row.Created) : row.Retire(wrap), ct);
            await tx.CommitAsync();
        }

        return _opened[row.Kid] = key;
    }

    /// <summary>In one transaction, so that there is one current key and never two; of several nodes one makes it.</summary>
    private async Task MakeAsync(List<KeyRow> former, CancellationToken ct)
    {
        var wrap = KeySources.Read(options).Wrap;
        var key = SigningKey.Generate(KeyAlgorithm.EdDSA);
        await using var tx = await db.BeginAsync(ct);
        foreach (var row in former) await KeyRows.ResealAsync(tx, row, row.Retire(wrap), ct);
        if (!await KeyRows.AddAsync(tx, KeyRow.Current(key, wrap, clock.Now()), ct)) return; // another node was first: its key is the one
        await tx.CommitAsync();
        foreach (var row in former) _opened.TryRemove(row.Kid, out _);
        Log.CheckpointKeyMade(log, key.Kid);
    }
}
