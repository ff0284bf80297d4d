using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Keys;

/// <summary>Moves the keys in the database through their life: published ahead, current, retired, removed (design D3, contract standards 6.4).</summary>
public sealed class RotateKeys(Db db, KeyOptions options, ReloadKeys reload, TimeProvider clock, ILogger<RotateKeys> log)
{
    /// <summary>Does what is due by now; a worker runs it, at any number of nodes. Each step is conditional, so one node takes it.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var given = KeySources.Read(options);
        var rows = await KeyStore.ListAsync(db, ct);
        await StoredKeys.ReencryptAsync(db, given, rows, log, ct);

        var now = clock.Now();
        foreach (var algorithm in given.Kept)
        {
            var (current, next) = Find(rows, algorithm);
            if (next is not null && next.Created + options.PublishAhead <= now)
            {
                if (StoredKeys.Open(given.Wrap, next) is not null) await TakeOverAsync(current, next, now, ct);
                else Log.NotOpened(log, next.Kid, algorithm); // a node with the right encryption key does it
            }
            else if (next is null && current is not null && current.Activated + options.Rotation - options.PublishAhead <= now)
            {
                await PublishNextAsync(given, algorithm, now, ct);
            }
        }

        await RemoveExpiredAsync(now, ct);
        await reload.RunAsync(ct);
    }

    /// <summary>
    /// Asked for by an operator: publishes the next key, which takes over when it has been known for <see cref="KeyOptions.PublishAhead"/>; or, when it
    /// must be <paramref name="now"/>, lets it take over as soon as every node has read it. The former key goes on verifying; it need not open any more.
    /// </summary>
    /// <param name="only">One kind of key, or every kind the database keeps.</param>
    /// <param name="now">Soon: verifiers that do not fetch the key set again for an unknown key refuse its tokens until they do.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The keys that take over, now or later.</returns>
    public async Task<Result<IReadOnlyList<KeyInfo>>> RequestAsync(KeyAlgorithm? only, bool now, CancellationToken ct)
    {
        var given = KeySources.Read(options);
        if (only is { } one && given.Current(one) is { } own) return KeyFailures.IsGiven(own.Source);
        if (only is { } other && !given.Kept.Contains(other)) return KeyFailures.IsNotKept(other);

        var at = clock.Now();
        var rows = await KeyStore.ListAsync(db, ct);
        foreach (var algorithm in given.Kept.Where(kept => only is null || kept == only))
        {
            var (current, next) = Find(rows, algorithm);
            if (now) await ReplaceAsync(given, algorithm, current, next, at, ct);
            else if (next is null) await PublishNextAsync(given, algorithm, at, ct);
        }

        await reload.RunAsync(ct);
        var wanted = now ? KeyStatus.Current : KeyStatus.Next;
        var after = await KeyStore.ListAsync(db, ct);
        return after.Where(row => row.Status == wanted && (only is null || row.Algorithm == only)).Select(row => KeyInfo.Of(row, given, at)).ToList();
    }

    private static (KeyRow? Current, KeyRow? Next) Find(List<KeyRow> rows, KeyAlgorithm algorithm) => (
        rows.Find(row => row.Algorithm == algorithm && row.Status == KeyStatus.Current),
        rows.Find(row => row.Algorithm == algorithm && row.Status == KeyStatus.Next));

    /// <summary>A next key whose encryption key is lost is of no use: then a new one takes over.</summary>
    private Task ReplaceAsync(GivenKeys given, KeyAlgorithm algorithm, KeyRow? current, KeyRow? next, DateTimeOffset now, CancellationToken ct)
    {
        var opens = next is not null && StoredKeys.Open(given.Wrap, next) is not null;
        return TakeOverAsync(current, opens ? next! : StoredKeys.Make(algorithm, KeyStatus.Current, given.Wrap, now), now, ct, lost: opens ? null : next);
    }

    private async Task PublishNextAsync(GivenKeys given, KeyAlgorithm algorithm, DateTimeOffset now, CancellationToken ct)
    {
        var made = StoredKeys.Make(algorithm, KeyStatus.Next, given.Wrap, now);
        await using var tx = await db.BeginAsync(ct);
        if (!await KeyStore.AddAsync(tx, made, ct)) return; // another node was first
        await tx.CommitAsync();
        Log.Made(log, made.Kid, algorithm, made.Status);
    }

    /// <summary>In one transaction, so that there is always one current key and never two.</summary>
    private async Task TakeOverAsync(KeyRow? current, KeyRow successor, DateTimeOffset now, CancellationToken ct, KeyRow? lost = null)
    {
        await using var tx = await db.BeginAsync(ct);
        if (current is not null && !await KeyStore.RetireAsync(tx, current, now, options.KnownUntil(now), ct)) return; // another node was first
        if (lost is not null) await KeyStore.RetireAsync(tx, lost, now, options.KnownUntil(now), ct);
        var done = successor.Status == KeyStatus.Next ? await KeyStore.PromoteAsync(tx, successor, now, ct) : await KeyStore.AddAsync(tx, successor, ct);
        if (!done) return;
        await tx.CommitAsync();

        if (current is not null) Log.Retired(log, current.Kid, current.Algorithm);
        Log.Activated(log, successor.Kid, successor.Algorithm);
    }

    private async Task RemoveExpiredAsync(DateTimeOffset now, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var removed = await KeyStore.RemoveExpiredAsync(tx, now, ct);
        await tx.CommitAsync();
        if (removed > 0) Log.Removed(log, removed);
    }
}
