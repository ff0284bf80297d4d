using Credence.Storage;

namespace Credence.Keys;

/// <summary>Finds the keys of the database that sign, or will, and that the settings given do not open (design D3). Changes nothing.</summary>
public sealed class FindLostKeys(Db db, KeyOptions options)
{
    /// <returns>The names of those keys.</returns>
    /// <exception cref="InvalidDataException">The keys that the settings give cannot be used.</exception>
    public async Task<IReadOnlyList<string>> RunAsync(CancellationToken ct)
    {
        var given = KeySources.Read(options);
        var rows = await KeyStore.ListAsync(db, ct);
        return [.. rows.Where(row => row.Private is not null && StoredKeys.Open(given.Wrap, row) is null).Select(row => row.Kid)];
    }
}
