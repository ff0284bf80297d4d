using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Credence.Storage;

namespace Credence.Audit;

/// <summary>An entry of the application chain as it lies in the database, whatever retention or somebody else did to it.</summary>
/// <param name="Id">Its id as it is stored.</param>
/// <param name="Sequence">Its place in the chain.</param>
/// <param name="Hash">Its hash on record.</param>
/// <param name="PreviousHash">The hash of the entry before, on record.</param>
/// <param name="Leaf">Its place in the organization's tree.</param>
/// <param name="Letters">How long its text is; 0 when it was emptied.</param>
/// <param name="Entry">What it says; null when it was emptied or cannot be read.</param>
/// <param name="IsSound">Whether its text is what was hashed and all that is stored beside the text says the same.</param>
public sealed record StoredEntry(
    string Id, long Sequence, string? Hash, string? PreviousHash, long? Leaf, int Letters, LoggedEntry? Entry, bool IsSound)
{
    private const int PageLetters = 1 << 20;

    /// <summary>Whether its text is gone.</summary>
    public bool IsEmptied => Letters == 0;

    /// <summary>A part of the chain without leaving any entry out, oldest first, read a page at a time.</summary>
    public static async IAsyncEnumerable<StoredEntry> AllAsync(DbSession db, string organization, LoggedSpan span, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var letters = 0;
            var page = await db.ListUntilAsync(
                $"""
                select * from audit_entries where organization_id = {organization} and chain = {AuditLog.ApplicationChain} and seq > {span.After} and seq <= {span.End}
                order by seq limit {LoggedStore.PageLength}
                """,
                Read, entry => (letters += entry.Letters) >= PageLetters, ct);
            foreach (var entry in page) yield return entry;
            if (page.Count == 0) yield break;
            span = span with { After = page[^1].Sequence };
        }
    }

    private static StoredEntry Read(Row row)
    {
        var body = row.Text("body");
        var entry = body.Length > 0 ? EntryOrNull(row) : null;
        return new StoredEntry(
            row.Text("id"), row.Long("seq"), row.TextOrNull("hash"), row.TextOrNull("prev_hash"), row.LongOrNull("leaf"), body.Length, entry,
            entry is not null && IsWhatWasHashed(entry, body, row));
    }

    private static LoggedEntry? EntryOrNull(Row row)
    {
        try
        {
            return LoggedEntry.Read(row);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or InvalidDataException or InvalidCastException or FormatException)
        {
            return null; // nothing the server wrote reads like that
        }
    }

    private static bool IsWhatWasHashed(LoggedEntry entry, string body, Row row)
    {
        var said = entry.What;
        var hashes = EntryHashes.Of(body);
        return hashes.Hash == entry.Hash
            && row.BytesOrNull("leaf_hash") is { } leaf && CryptographicOperations.FixedTimeEquals(leaf, hashes.Leaf)
            && LoggedEntry.Body(entry.Id, entry.Organization, said, entry.At, entry.PreviousHash) == body
            && row.TextOrNull("agent_id") == said.Agent && row.TextOrNull("grant_id") == said.Grant
            && row.TextOrNull("principal_id") == said.Principal && row.TextOrNull("action") == said.Action;
    }
}
