using System.Runtime.CompilerServices;
using Credence.Storage;

namespace Credence.Audit;

/// <summary>A part of a chain: entries with a number above <paramref name="After"/>, up to <paramref name="End"/>.</summary>
public sealed record LoggedSpan(long After, long End);

/// <summary>Where a chain ends: the newest entry's number, hash and id.</summary>
public sealed record LoggedHead(long Sequence, string? Hash, string? Id);

/// <summary>Some entries in the order of the chain.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="IsWhole">Whether nothing that was asked for comes after them.</param>
public sealed record LoggedPage(List<LoggedEntry> Entries, bool IsWhole);

/// <summary>The application chain in the database. Entries whose body retention has taken away are no longer there for anyone who looks.</summary>
public static class LoggedStore
{
    /// <summary>The most entries in a page.</summary>
    public const int PageLength = 1_000;

    /// <summary>A page ends sooner with the entry that makes it this many letters: metadata may be large, and a page is held in memory.</summary>
    private const int PageLetters = 1 << 20;

    /// <summary>An organization's entry, or null.</summary>
    public static Task<LoggedEntry?> FindAsync(DbSession db, string organization, Id<AuditEntry> id, CancellationToken ct) =>
        db.FirstAsync(
            $"select {LoggedEntry.Columns} from audit_entries where id = {id} and organization_id = {organization} and chain = {AuditLog.ApplicationChain} and body <> ''",
            LoggedEntry.Read, ct);

    /// <summary>The first page of what matches, oldest first.</summary>
    /// <param name="db">Where from.</param>
    /// <param name="organization">Whose chain.</param>
    /// <param name="filter">Which entries.</param>
    /// <param name="span">Where in the chain.</param>
    /// <param name="most">How many at most, up to <see cref="PageLength"/>.</param>
    /// <param name="ct">Cancels the read.</param>
    public static async Task<LoggedPage> ListAsync(DbSession db, string organization, LoggedFilter filter, LoggedSpan span, int most, CancellationToken ct)
    {
        var letters = 0;
        var entries = await db.ListUntilAsync(
            $"""
            select {LoggedEntry.Columns} from audit_entries where organization_id = {organization} and chain = {AuditLog.ApplicationChain}
                and seq > {span.After} and seq <= {span.End} {filter.ToSql()} and body <> ''
            order by seq limit {most}
            """,
            LoggedEntry.Read, entry => (letters += entry.What.Metadata.Length) >= PageLetters, ct);
        return new LoggedPage(entries, entries.Count < most && letters < PageLetters);
    }

    /// <summary>All that matches, oldest first, however many: read a page at a time, with neither a connection nor a snapshot held in between.</summary>
    public static async IAsyncEnumerable<LoggedEntry> AllAsync(
        DbSession db, string organization, LoggedFilter filter, LoggedSpan span, [EnumeratorCancellation] CancellationToken ct)
    {
        var most = PageLength;
        while (true)
        {
            var page = await ListAsync(db, organization, filter, span, most, ct);
            foreach (var entry in page.Entries) yield return entry;
            if (page.IsWhole) yield break;
            most = Math.Min(PageLength, page.Entries.Count * 2); // where entries are large, few are read in vain
            span = span with { After = page.Entries[^1].Sequence };
        }
    }

    /// <summary>How many entries of a part of the chain went how; those that retention has emptied are no longer among them.</summary>
    public static async Task<LoggedCounts> CountAsync(DbSession db, string organization, LoggedSpan span, CancellationToken ct)
    {
        // Both halves are answered from indexes alone: the texts of half a million entries stay where they are.
        var found = await db.ListAsync(
            $"""
            select 'total' as word, count(*) as n from audit_entries
            where organization_id = {organization} and agent_id is not null and seq > {span.After} and seq <= {span.End}
            union all
            select status as word, count(*) as n from audit_entries
            where organization_id = {organization} and seq > {span.After} and seq <= {span.End} and status in ('failure', 'blocked') group by status
            """,
            row => (Word: row.Text("word"), Count: row.Long("n")), ct);
        var (total, failure, blocked) = (Of("total"), Of("failure"), Of("blocked"));
        return new LoggedCounts(total, total - failure - blocked, failure, blocked);

        long Of(string word) => found.Find(one => one.Word == word).Count;
    }

    /// <summary>The end of the chain as it is now.</summary>
    public static Task<LoggedHead> HeadAsync(DbSession db, string organization, CancellationToken ct) => HeadAsync(db, organization, AuditLog.ApplicationChain, ct);

    /// <summary>The end of either chain as it is now.</summary>
    internal static async Task<LoggedHead> HeadAsync(DbSession db, string organization, string chain, CancellationToken ct) =>
        await db.FirstAsync(
            $"select seq, hash, last_id from audit_heads where organization_id = {organization} and chain = {chain}",
            row => new LoggedHead(row.Long("seq"), row.TextOrNull("hash"), row.TextOrNull("last_id")), ct)
        ?? new LoggedHead(0, null, null);

    /// <summary>The part of the chain that was logged from <paramref name="since"/> to <paramref name="until"/>, both included; null is no bound.</summary>
    public static Task<LoggedSpan> SpanAsync(DbSession db, string organization, DateTimeOffset? since, DateTimeOffset? until, CancellationToken ct) =>
        SpanAsync(db, organization, AuditLog.ApplicationChain, since, until, ct);

    /// <summary>The same of either chain; times along the system chain fall now and then by as long as an entry waits to be sealed.</summary>
    internal static async Task<LoggedSpan> SpanAsync(
        DbSession db, string organization, string chain, DateTimeOffset? since, DateTimeOffset? until, CancellationToken ct)
    {
        var end = await db.NumberAsync($"select seq as n from audit_heads where organization_id = {organization} and chain = {chain}", ct);
        var after = since is { } from ? await CountBeforeAsync(db, organization, chain, from.ToUnixTimeMilliseconds(), end, ct) : 0;
        return new LoggedSpan(after, until is { } to ? await CountBeforeAsync(db, organization, chain, to.ToUnixTimeMilliseconds() + 1, end, ct) : end);
    }

    /// <summary>How many of the first <paramref name="end"/> entries are older than <paramref name="at"/>. Times never fall along the chain, so it is halved: twenty looks for a million.</summary>
    private static async Task<long> CountBeforeAsync(DbSession db, string organization, string chain, long at, long end, CancellationToken ct)
    {
        var older = 0L;
        while (older < end)
        {
            var middle = older + ((end - older) / 2);
            var time = await db.NumberAsync(
                $"select created_ms as n from audit_entries where organization_id = {organization} and chain = {chain} and seq = {middle + 1}", ct);
            if (time < at) older = middle + 1;
            else end = middle;
        }

        return older;
    }
}
