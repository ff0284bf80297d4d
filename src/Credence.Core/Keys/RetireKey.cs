using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Keys;

/// <summary>Takes one key out of use: gently, so that its tokens live on, or at once because it leaked (docs/decisions/0003-keys.md).</summary>
public sealed class RetireKey(Db db, KeyOptions options, ReloadKeys reload, TimeProvider clock, ILogger<RetireKey> log)
{
    /// <summary>Retires the key called <paramref name="kid"/>.</summary>
    /// <param name="kid">The key.</param>
    /// <param name="now">
    /// At once: the key is no longer published and all its tokens are refused, on this node when this returns and on the others within
    /// <see cref="KeyOptions.ReloadInterval"/>. If it was the current key of the database, another takes its place in the same transaction.
    /// </param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<KeyInfo>> RunAsync(string kid, bool now, CancellationToken ct)
    {
        var given = KeySources.Read(options);
        var rows = await KeyStore.ListAsync(db, ct);
        var row = rows.Find(candidate => candidate.Kid == kid);
        if (row is null) return KeyFailures.NoSuchKey;

        var at = clock.Now();
        if (now) await RevokeAsync(given, rows, row, at, ct);
        else if (row.Status == KeyStatus.Current) return KeyFailures.IsCurrent;
        else if (given.Find(kid) is { Status: not KeyStatus.Retired } own) return KeyFailures.IsGiven(own.Source);
        else if (row.Status == KeyStatus.Next) await RetireAsync(row, at, ct);

        await reload.RunAsync(ct);
        var after = await KeyStore.ListAsync(db, ct);
        return after.Find(candidate => candidate.Kid == kid) is { } found ? KeyInfo.Of(found, given, at) : KeyFailures.NoSuchKey;
    }

    private async Task RevokeAsync(GivenKeys given, List<KeyRow> rows, KeyRow row, DateTimeOffset at, CancellationToken ct)
    {
        var wasCurrent = row.Status == KeyStatus.Current;
        var next = wasCurrent ? rows.Find(other => other.Algorithm == row.Algorithm && other.Status == KeyStatus.Next) : null;
        var made = wasCurrent && next is null && given.Kept.Contains(row.Algorithm) ? StoredKeys.Make(row.Algorithm, KeyStatus.Current, given.Wrap, at) : null;

        await using var tx = await db.BeginAsync(ct);
        await KeyStore.RevokeAsync(tx, row, at, ct);
        if (next is not null) await KeyStore.PromoteAsync(tx, next, at, ct);
        else if (made is not null) await KeyStore.AddAsync(tx, made, ct); // not added when another node has just put one there
        await tx.CommitAsync();

        Log.Revoked(log, row.Kid, row.Algorithm);
        if ((next ?? made) is { } successor) Log.Activated(log, successor.Kid, successor.Algorithm);
    }

    private async Task RetireAsync(KeyRow row, DateTimeOffset at, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var done = await KeyStore.RetireAsync(tx, row, at, options.KnownUntil(at), ct);
        await tx.CommitAsync();
        if (done) Log.Retired(log, row.Kid, row.Algorithm);
    }
}
