using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text.Json;
using Credence.Storage;

namespace Credence.Audit;

/// <summary>An entry of either chain as it lies in the database, whatever retention or somebody else did to it.</summary>
/// <param name="Id">Its id as it is stored.</param>
/// <param name="Sequence">Its place in the chain.</param>
/// <param name="Hash">Its hash on record.</param>
/// <param name="PreviousHash">The hash of the entry before, on record.</param>
/// <param name="Leaf">Its place in the organization's tree.</param>
/// <param name="Letters">How long its text is; 0 when it was emptied.</param>
/// <param name="Entry">What an entry of the application chain says; null when it was emptied or cannot be read.</param>
/// <param name="IsSound">Whether its text is what was hashed and all that is stored beside the text says the same.</param>
public sealed record StoredEntry(
    string Id, long Sequence, string? Hash, string? PreviousHash, long? Leaf, int Letters, LoggedEntry? Entry, bool IsSound)
{
    private const int PageLetters = 1 << 20;

    /// <summary>Whether its text is gone.</summary>
    public bool IsEmptied => Letters == 0;

    /// <summary>A part of the chain without leaving any entry out, oldest first, read a page at a time.</summary>
    public static IAsyncEnumerable<StoredEntry> AllAsync(DbSession db, string organization, LoggedSpan span, CancellationToken ct) =>
        AllAsync(db, organization, AuditLog.ApplicationChain, span, Columns, Read, ct);

    /// <summary>The same of the system chain, whose entries are only checked.</summary>
    public static IAsyncEnumerable<StoredEntry> AllOfSystemAsync(DbSession db, string organization, LoggedSpan span, CancellationToken ct) =>
        AllAsync(db, organization, AuditLog.SystemChain, span, SystemColumns, ReadSystem, ct);

    private static async IAsyncEnumerable<StoredEntry> AllAsync(
        DbSession db, string organization, string chain, LoggedSpan span, Sql columns, Func<Row, StoredEntry> read, [EnumeratorCancellation] CancellationToken ct)
    {
        while (true)
        {
            var letters = 0;
            var page = await db.ListUntilAsync(
                $"""
                select {columns} from audit_entries where organization_id = {organization} and chain = {chain} and seq > {span.After} and seq <= {span.End}
                order by seq limit {LoggedStore.PageLength}
                """,
                read, entry => (letters += entry.Letters) >= PageLetters, ct);
            foreach (var entry in page) yield return entry;
            if (page.Count == 0) yield break;
            span = span with { After = page[^1].Sequence };
        }
    }

    private static Sql Columns { get; } = Sql.Of($"{LoggedEntry.Columns}, leaf, leaf_hash, agent_id, grant_id, principal_id, action");

    private static StoredEntry Read(Row row)
    {
        var body = row.Text("body");
        var entry = body.Length > 0 ? EntryOrNull(row) : null;
        return new StoredEntry(
            row.Text("id"), row.Long("seq"), row.TextOrNull("hash"), row.TextOrNull("prev_hash"), row.LongOrNull("leaf"), body.Length, entry,
            entry is not null && IsWhatWasHashed(entry, body, row));
    }

    private static Sql SystemColumns { get; } = Sql.Of($"{SystemEntry.Columns}, leaf, leaf_hash");

    private static StoredEntry ReadSystem(Row row)
    {
        var body = row.Text("body");
        return new StoredEntry(
            row.Text("id"), row.LongOrNull("seq") ?? 0, row.TextOrNull("hash"), row.TextOrNull("prev_hash"), row.LongOrNull("leaf"), body.Length, null,
            body.Length > 0 && AreItsHashes(EntryHashes.Of(body), row) && IsSoundOfSystem(row, body));
    }

    private static bool IsSoundOfSystem(Row row, string body)
    {
        try
        {
            return SystemEntry.IsSound(row, body);
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            return false;
        }
    }

    private static LoggedEntry? EntryOrNull(Row row)
    {
        try
        {
            return LoggedEntry.Read(row);
        }
        catch (Exception error) when (IsUnreadable(error))
        {
            return null;
        }
    }

    /// <summary>Nothing the server wrote reads like that.</summary>
    private static bool IsUnreadable(Exception error) =>
        error is JsonException or KeyNotFoundException or InvalidOperationException or InvalidDataException or InvalidCastException or FormatException;

    private static bool AreItsHashes(EntryHashes hashes, Row row) =>
        hashes.Hash == row.TextOrNull("hash") && row.BytesOrNull("leaf_hash") is { } leaf && CryptographicOperations.FixedTimeEquals(leaf, hashes.Leaf);

    private static bool IsWhatWasHashed(LoggedEntry entry, string body, Row row)
    {
        var said = entry.What;
        return AreItsHashes(EntryHashes.Of(body), row)
            && LoggedEntry.Body(entry.Id, entry.Organization, said, entry.At, entry.PreviousHash) == body
            && row.TextOrNull("agent_id") == said.Agent && row.TextOrNull("grant_id") == said.Grant
            && row.TextOrNull("principal_id") == said.Principal && row.TextOrNull("action") == said.Action;
    }
}
