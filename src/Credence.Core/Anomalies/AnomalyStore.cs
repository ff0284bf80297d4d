using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Anomalies, which are alerts too, in the database.</summary>
public static class AnomalyStore
{
    /// <summary>How long one is kept after its end.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);
    private const int PerSweep = 5_000;

    /// <summary>An organization's anomaly, or null.</summary>
    public static Task<Anomaly?> FindAsync(DbSession db, Id<Organization> organization, Id<Anomaly> id, CancellationToken ct) =>
        db.FirstAsync($"select {Anomaly.Columns} from anomalies where id = {id} and organization_id = {organization}", Anomaly.Read, ct);

    /// <summary>What the documented detectors found, newest first: what goes on, and what somebody acknowledged; or only what nobody did.</summary>
    public static Task<List<Anomaly>> ListAsync(DbSession db, Id<Organization> organization, bool unacknowledged, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Anomaly.Columns} from anomalies where organization_id = {organization} and type in {Sql.List(Detectors.Types)}
                and {(unacknowledged ? (Sql)$"acknowledged_ms is null and ended_ms is null" : $"(acknowledged_ms is not null or ended_ms is null)")}
            order by detected_ms desc, id desc
            """,
            Anomaly.Read, ct);

    /// <summary>What the documented detectors found in the last round, newest first.</summary>
    internal static Task<List<Anomaly>> GoingOnAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Anomaly.Columns} from anomalies where organization_id = {organization} and ended_ms is null and type in {Sql.List(Detectors.Types)}
            order by detected_ms desc, id desc
            """,
            Anomaly.Read, ct);

    /// <summary>An organization's alerts that match, newest first.</summary>
    public static Task<List<Anomaly>> AlertsAsync(DbSession db, Id<Organization> organization, AlertFilter filter, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select {Anomaly.Columns} from anomalies where organization_id = {organization} {filter.ToSql()} order by detected_ms desc, id desc limit {most}",
            Anomaly.Read, ct);

    /// <summary>How many alerts there were since a time, by status and severity.</summary>
    public static Task<List<AlertCount>> CountAsync(DbSession db, Id<Organization> organization, string? agent, DateTimeOffset since, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select status, severity, count(*) as n from anomalies where organization_id = {organization} and detected_ms >= {since}
                {new AlertFilter(null, null, agent).ToSql()}
            group by status, severity
            """,
            row => new AlertCount(row.Word<AlertStatus>("status"), row.Word<Severity>("severity"), row.Long("n")), ct);

    /// <summary>How many go on that nobody acknowledged, over all organizations.</summary>
    public static Task<long> CountUnacknowledgedAsync(DbSession db, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from anomalies where acknowledged_ms is null and ended_ms is null", ct);

    /// <summary>Notes that somebody took notice. The status is the alert's; whoever only acknowledges the anomaly leaves it (contract grantex-enterprise 1).</summary>
    internal static Task<Anomaly?> AcknowledgeAsync(DbTx tx, Id<Organization> organization, Id<Anomaly> id, Sql more, DateTimeOffset now, CancellationToken ct) =>
        tx.FirstAsync(
            $"""
            update anomalies set acknowledged_ms = coalesce(acknowledged_ms, {now}) {more}
            where id = {id} and organization_id = {organization} returning {Anomaly.Columns}
            """,
            Anomaly.Read, ct);

    /// <summary>
    /// Writes down what a detector finds: new rows for what is new, the newest numbers for what goes on. It is one statement, however much that is: in parts,
    /// each would look for everything again.
    /// </summary>
    internal static async Task FoundAsync(DbTx tx, Sql findings, DateTimeOffset now, CancellationToken ct)
    {
        await TakeTurnAsync(tx, ct);
        await tx.ExecuteLongAsync(
            $"""
            insert into anomalies (id, organization_id, subject, type, severity, rule_id, rule_name, custom_rule, agent_id, principal_id, description, metadata,
                detected_ms, seen_ms)
            select {IdStart(now)} || substr(cast(100000000 + row_number() over () as text), 2),
                d.organization_id, d.subject, d.type, d.severity, d.rule_id, d.rule_name, d.custom_rule, d.agent_id, d.principal_id, d.description, d.metadata, {now}, {now}
            from ({findings}) d where true
            on conflict (organization_id, subject) where ended_ms is null
            do update set seen_ms = excluded.seen_ms, description = excluded.description, metadata = excluded.metadata where anomalies.seen_ms < excluded.seen_ms
            """,
            Longest, ct);
    }

    /// <summary>Ends what goes on no longer, at most so much.</summary>
    /// <returns>Whether there may be more.</returns>
    internal static async Task<bool> EndOthersAsync(DbTx tx, Sight sight, int most, CancellationToken ct)
    {
        await TakeTurnAsync(tx, ct);
        var ended = await tx.ExecuteAsync(
            $"""
            update anomalies set ended_ms = {sight.Now}, status = 'resolved', resolved_ms = coalesce(resolved_ms, {sight.Now})
            where id in (
                select a.id from anomalies a join organizations o on o.id = a.organization_id
                where a.ended_ms is null and a.seen_ms < {sight.Now} {sight.Organizations} limit {most}
            )
            """,
            ct);
        return ended == most;
    }

    /// <summary>Takes up to <paramref name="most"/> anomalies of which nobody was told; of any number of nodes one gets each.</summary>
    internal static async Task<List<Anomaly>> TakeUnannouncedAsync(DbTx tx, Id<Organization>? organization, int most, DateTimeOffset now, CancellationToken ct)
    {
        // Two statements: as one, the planner joins them in a way that takes minutes while it does not know yet how many there suddenly are.
        var waiting = await tx.ListAsync(
            $"""
            select id from anomalies where announced_ms is null {(organization is { } only ? (Sql)$"and organization_id = {only}" : Sql.None)}
            order by organization_id, id limit {most}
            """,
            row => row.Id<Anomaly>("id"), ct);
        if (waiting.Count == 0) return [];
        return await tx.ListAsync(
            $"update anomalies set announced_ms = {now} where announced_ms is null and id in {Sql.List(waiting)} returning {Anomaly.Columns}", Anomaly.Read, ct);
    }

    /// <summary>Deletes some of what ended long ago.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from anomalies where id in (select id from anomalies where ended_ms < {now - Kept} limit {PerSweep})", ct);

    /// <summary>Detections write one after the other, so that no two lock the same rows in different orders.</summary>
    private static Task<int> TakeTurnAsync(DbTx tx, CancellationToken ct) => tx.ExecuteAsync($"update heads set value = value + 1 where name = 'anomalies'", ct);

    /// <summary>Ids made inside a statement: this beginning of a new one, and eight digits that count its rows.</summary>
    private static string IdStart(DateTimeOffset now) => Id<Anomaly>.New(now).ToString()[..^8];
}

/// <summary>Which alerts to list; null lets any through.</summary>
/// <param name="Status">What became of it.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="Agent">About this agent.</param>
public sealed record AlertFilter(AlertStatus? Status, Severity? Severity, string? Agent)
{
    internal Sql ToSql()
    {
        var conditions = Sql.None;
        if (Status is { } status) conditions.AppendFormatted<Sql>($" and status = {status}");
        if (Severity is { } severity) conditions.AppendFormatted<Sql>($" and severity = {severity}");
        if (Agent is not null) conditions.AppendFormatted<Sql>($" and agent_id = {Agent}");
        return conditions;
    }
}

/// <summary>How many alerts have a status and a severity.</summary>
public sealed record AlertCount(AlertStatus Status, Severity Severity, long Count);
