using Credence.Storage;

namespace Credence.Audit;

/// <summary>What a list of the system chain is narrowed by; null is not asked for.</summary>
/// <param name="Agent">The agent, by its id.</param>
/// <param name="Type">What happened.</param>
/// <param name="Outcome"><c>success</c> or <c>failure</c>.</param>
/// <param name="Since">The first moment that is wanted.</param>
/// <param name="Until">The last.</param>
public sealed record SystemFilter(string? Agent, string? Type, string? Outcome, DateTimeOffset? Since, DateTimeOffset? Until);

/// <summary>The system chain in the database. Entries whose body retention has taken away are no longer there for anyone who looks.</summary>
public static class SystemStore
{
    /// <summary>An entry is dated when it is appended and numbered when it is sealed: by then no other is this much older.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(10);

    /// <summary>An organization's entry, not older than <paramref name="since"/>; or null.</summary>
    public static Task<SystemEntry?> FindAsync(DbSession db, string organization, Id<AuditEntry> id, DateTimeOffset? since, CancellationToken ct) =>
        db.FirstAsync(
            $"""
            select {SystemEntry.Columns} from audit_entries where id = {id} and organization_id = {organization} and chain = {AuditLog.SystemChain} and body <> ''
                and created_ms >= {since ?? DateTimeOffset.UnixEpoch}
            """,
            SystemEntry.Read, ct);

    /// <summary>A page of what matches, newest first, and how many match in all.</summary>
    public static async Task<(List<SystemEntry> Page, long Total)> PageAsync(
        DbSession db, string organization, SystemFilter filter, int page, int size, CancellationToken ct)
    {
        var span = await LoggedStore.SpanAsync(db, organization, AuditLog.SystemChain, filter.Since - Slack, filter.Until + Slack, ct);
        var matching = Matching(organization, filter, span);
        var total = await db.NumberAsync($"select count(*) as n from audit_entries where {matching}", ct);
        var before = (page - 1L) * size;
        if (before >= total) return ([], total);
        var found = await db.ListAsync(
            $"select {SystemEntry.Columns} from audit_entries where {matching} order by seq desc limit {size} offset {before}", SystemEntry.Read, ct);
        return (found, total);
    }

    private static Sql Matching(string organization, SystemFilter filter, LoggedSpan span)
    {
        var where = Sql.Of(
            $"organization_id = {organization} and chain = {AuditLog.SystemChain} and seq > {span.After} and seq <= {span.End} and body <> ''");
        if (filter.Since is { } since) where.AppendFormatted<Sql>($" and created_ms >= {since}");
        if (filter.Until is { } until) where.AppendFormatted<Sql>($" and created_ms <= {until}");
        if (filter.Agent is { } agent) where.AppendFormatted<Sql>($" and about_agent = {agent}");
        if (filter.Type is { } type) where.AppendFormatted<Sql>($" and about_type = {type}");
        if (filter.Outcome == About.Failure) where.AppendLiteral(" and outcome = 'failure'"); // letter for letter the condition of an index (migration 0019)
        else if (filter.Outcome is { } outcome) where.AppendFormatted<Sql>($" and outcome = {outcome}");
        return where;
    }
}
