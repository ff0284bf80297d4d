using System.Security.Cryptography;
using Credence.Keys;
using Credence.Storage;

namespace Credence.Proofs;

/// <summary>A row of <c>audit_keys</c>: a checkpoint key, and in encrypted form what proves that this installation made it.</summary>
internal sealed record KeyRow(string Kid, bool IsCurrent, byte[] Public, string Sealed, DateTimeOffset Created)
{
    private const string PrivatePurpose = "audit_keys.private";
    private const string PublicPurpose = "audit_keys.public";

    /// <summary>The row of a key that signs.</summary>
    public static KeyRow Current(SigningKey key, Envelope wrap, DateTimeOffset now)
    {
        var der = key.Pair.ExportPkcs8();
        try
        {
            return new KeyRow(key.Kid, true, NoteKey.PublicBytes(key), wrap.Protect(PrivatePurpose, key.Kid, der), now);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(der);
        }
    }

    /// <summary>The same key when it signs no more: its private part is gone.</summary>
    public KeyRow Retire(Envelope wrap) => this with { IsCurrent = false, Sealed = wrap.Protect(PublicPurpose, Kid, Public) };

    /// <summary>The key; null when the row cannot be opened with the keys at hand, or is not what was written.</summary>
    public SigningKey? Open(Envelope wrap)
    {
        if (wrap.Open(IsCurrent ? PrivatePurpose : PublicPurpose, Kid, Sealed) is not { } opened) return null;
        try
        {
            var key = IsCurrent ? new SigningKey(KeyPair.FromPkcs8(KeyAlgorithm.EdDSA, opened)) : NoteKey.Public(opened);
            return key.Kid == Kid ? key : null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(opened);
        }
    }
}

/// <summary>The rows of <c>audit_keys</c>.</summary>
internal static class KeyRows
{
    public static Task<List<KeyRow>> ListAsync(DbSession db, CancellationToken ct) =>
        db.ListAsync(
            $"select kid, status, public_key, sealed, created_ms from audit_keys order by created_ms desc, kid",
            row => new KeyRow(row.Text("kid"), row.Text("status") == "current", row.Bytes("public_key"), row.Text("sealed"), row.Time("created_ms")), ct);

    /// <summary>Adds a current key, unless there is one.</summary>
    public static async Task<bool> AddAsync(DbTx tx, KeyRow row, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into audit_keys (kid, status, public_key, sealed, created_ms) values ({row.Kid}, 'current', {row.Public}, {row.Sealed}, {row.Created})
            on conflict do nothing
            """,
            ct) == 1;

    /// <summary>Puts another form of the same key in its place, if the row has not changed meanwhile.</summary>
    public static Task ResealAsync(DbTx tx, KeyRow row, KeyRow by, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"update audit_keys set status = {(by.IsCurrent ? "current" : "retired")}, sealed = {by.Sealed} where kid = {row.Kid} and sealed = {row.Sealed}", ct);
}
