using Microsoft.Extensions.Logging;

namespace Credence.Keys;

/// <summary>Puts the ring together from what is given and what the database holds.</summary>
internal static class RingBuilder
{
    private sealed record Entry(SigningKey Key, KeyStatus Status, DateTimeOffset Created);

    /// <returns>Whether the ring is different now.</returns>
    public static bool Fill(KeyRing ring, GivenKeys given, IReadOnlyList<KeyRow> rows, KeyOptions options, DateTimeOffset now, ILogger log)
    {
        var knownSince = now - options.Settling;
        var entries = rows.Where(row => row.IsPublished(now)).Select(row => Take(ring, given, row, log)).ToList();
        var signers = Enum.GetValues<KeyAlgorithm>().Select(algorithm => Signer(ring, given, entries, algorithm, knownSince)).OfType<SigningKey>().ToList();
        var order = entries
            .OrderBy(entry => entry.Key.Algorithm)
            .ThenBy(entry => !signers.Contains(entry.Key))
            .ThenBy(entry => entry.Status)
            .ThenByDescending(entry => entry.Created)
            .Select(entry => entry.Key);
        return ring.Exchange([.. order], signers);
    }

    /// <summary>A key stays the same object for as long as it lives, so that nothing is decrypted twice.</summary>
    private static Entry Take(KeyRing ring, GivenKeys given, KeyRow row, ILogger log)
    {
        var own = given.Find(row.Kid);
        var status = own?.Status ?? row.Status;
        var known = ring.Find(row.Kid);
        var key = known is { CanSign: true } ? known : Open(given, row, log) ?? own?.Key ?? known ?? SigningKey.FromJwk(row.Jwk);
        return new Entry(key, status, row.Created);
    }

    private static SigningKey? Open(GivenKeys given, KeyRow row, ILogger log)
    {
        if (row.Private is null) return null;
        if (StoredKeys.Open(given.Wrap, row) is { } key) return key;
        Log.NotOpened(log, row.Kid, row.Algorithm);
        return null;
    }

    /// <summary>
    /// A given key comes before one from the database. A node that cannot open the current key (another node was given other settings), or knows it
    /// to be so new that others may not have read it, goes on with the one it has for as long as that is published.
    /// </summary>
    private static SigningKey? Signer(KeyRing ring, GivenKeys given, List<Entry> entries, KeyAlgorithm algorithm, DateTimeOffset knownSince)
    {
        var usable = entries.Where(entry => entry.Key.Algorithm == algorithm && entry.Key.CanSign).ToList();
        var own = given.Current(algorithm)?.Key.Kid;
        if (own is not null) return usable.Find(entry => entry.Key.Kid == own)?.Key;

        var current = usable.Find(entry => entry.Status == KeyStatus.Current);
        var former = usable.Find(entry => entry.Key == ring.CurrentOrNull(algorithm));
        return current is null || (former is not null && current.Created > knownSince) ? former?.Key : current.Key;
    }
}
