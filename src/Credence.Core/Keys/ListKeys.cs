using Credence.Storage;

namespace Credence.Keys;

/// <summary>What an operator is told of a key; nothing of it is secret.</summary>
/// <param name="Kid">Its name.</param>
/// <param name="Algorithm">What it is used with.</param>
/// <param name="Source">The setting that gives it, <c>database</c>, or <c>remembered</c> for the public part of a key that was given once.</param>
/// <param name="Status">Where it stands in its life.</param>
/// <param name="Created">When it was first known.</param>
/// <param name="Activated">Since when it signs, for a key of the database.</param>
/// <param name="Retired">Since when it signs no more.</param>
/// <param name="PublishedUntil">When it leaves the key set; null while that is not settled, and for a revoked key, which has left it.</param>
public sealed record KeyInfo(
    string Kid,
    KeyAlgorithm Algorithm,
    string Source,
    KeyStatus Status,
    DateTimeOffset Created,
    DateTimeOffset? Activated,
    DateTimeOffset? Retired,
    DateTimeOffset? PublishedUntil)
{
    internal static KeyInfo Of(KeyRow row, GivenKeys given, DateTimeOffset now)
    {
        var own = given.Find(row.Kid);
        var kept = row.Activated is not null || row.Private is not null || row.Status == KeyStatus.Next;
        var status = row.Status == KeyStatus.Revoked ? row.Status : own?.Status ?? row.Status;
        return new KeyInfo(
            row.Kid,
            row.Algorithm,
            own?.Source ?? (kept ? "database" : "remembered"),
            status,
            row.Created,
            row.Activated,
            row.Retired,
            own is null && row.IsPublished(now) ? row.RemoveAfter : null);
    }
}

/// <summary>Lists every key that is known, by kind, the one that signs first.</summary>
public sealed class ListKeys(Db db, KeyOptions options, TimeProvider clock)
{
    /// <summary>Lists the keys.</summary>
    public async Task<IReadOnlyList<KeyInfo>> RunAsync(CancellationToken ct)
    {
        var given = KeySources.Read(options);
        var rows = await KeyStore.ListAsync(db, ct);
        var now = clock.Now();
        return
        [
            .. rows.Select(row => KeyInfo.Of(row, given, now))
                .OrderBy(key => key.Algorithm)
                .ThenBy(key => key.Status != KeyStatus.Current)
                .ThenBy(key => key.Status)
                .ThenByDescending(key => key.Created),
        ];
    }
}
