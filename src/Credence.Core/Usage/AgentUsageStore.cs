using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Usage;

/// <summary>An agent's share of something that was counted.</summary>
public sealed record AgentCount(Id<Agent> Agent, string Name, long Count);

/// <summary>How much happened in one hour.</summary>
public sealed record HourCount(DateTimeOffset Hour, long Count);

/// <summary>How much an agent did in one hour.</summary>
public sealed record AgentHour(Id<Agent> Agent, DateTimeOffset Hour, long Count);

/// <summary>What agents did, in the database: for each organization, agent, kind and hour a row of each node, whose sum counts.</summary>
public static class AgentUsageStore
{
    /// <summary>How long an hour is kept; the wire shows 90 days of them, and a month that began at most a year ago (contract agent-idp AE-53, AE-55).</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(400);

    private const int PerSweep = 10_000;

    /// <summary>The beginning of the hour of <paramref name="at"/>.</summary>
    public static DateTimeOffset HourOf(DateTimeOffset at) => new(at.UtcDateTime.Date.AddHours(at.UtcDateTime.Hour), TimeSpan.Zero);

    /// <summary>Midnight, UTC, of the first day of the month of <paramref name="at"/>.</summary>
    public static DateTimeOffset MonthOf(DateTimeOffset at) => new(at.UtcDateTime.Year, at.UtcDateTime.Month, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>How much of a kind an organization's agents did from <paramref name="since"/> on.</summary>
    public static Task<long> CountAsync(DbSession db, Id<Organization> organization, AgentUsageKind kind, DateTimeOffset since, CancellationToken ct) =>
        db.NumberAsync(
            $"select cast(sum(count) as bigint) as n from usage_events where organization_id = {organization} and metric_type = {kind} and hour_ms >= {since}", ct);

    /// <summary>How much of a kind an agent did from <paramref name="since"/> on.</summary>
    public static Task<long> CountAsync(DbSession db, Id<Agent> agent, AgentUsageKind kind, DateTimeOffset since, CancellationToken ct) =>
        db.NumberAsync(
            $"select cast(sum(count) as bigint) as n from usage_events where agent_id = {agent} and metric_type = {kind} and hour_ms >= {since}", ct);

    /// <summary>How many of an organization's agents did something from <paramref name="since"/> on.</summary>
    public static Task<long> CountAgentsAsync(DbSession db, Id<Organization> organization, DateTimeOffset since, CancellationToken ct) =>
        db.NumberAsync(
            $"""
            select count(distinct agent_id) as n from usage_events
            where organization_id = {organization} and metric_type in ({AgentUsageKind.ApiCall}, {AgentUsageKind.TokenIssued}) and hour_ms >= {since}
            """,
            ct);

    /// <summary>The hours from <paramref name="since"/> on in which an organization's agents did something of a kind, oldest first.</summary>
    public static Task<List<HourCount>> HoursAsync(DbSession db, Id<Organization> organization, AgentUsageKind kind, DateTimeOffset since, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select hour_ms, cast(sum(count) as bigint) as total from usage_events
            where organization_id = {organization} and metric_type = {kind} and hour_ms >= {since} group by hour_ms order by hour_ms
            """,
            row => new HourCount(row.Time("hour_ms"), row.Long("total")), ct);

    /// <summary>What each of an organization's agents did from <paramref name="since"/> on, calls and tokens together, hour by hour.</summary>
    public static Task<List<AgentHour>> AgentHoursAsync(DbSession db, Id<Organization> organization, DateTimeOffset since, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select agent_id, hour_ms, cast(sum(count) as bigint) as total from usage_events
            where organization_id = {organization} and metric_type in ({AgentUsageKind.ApiCall}, {AgentUsageKind.TokenIssued}) and hour_ms >= {since}
            group by agent_id, hour_ms order by agent_id, hour_ms
            """,
            row => new AgentHour(row.Id<Agent>("agent_id"), row.Time("hour_ms"), row.Long("total")), ct);

    /// <summary>How much of a kind each of an organization's agents did from one moment up to, without, another; the most first. Decommissioned ones too.</summary>
    public static Task<List<AgentCount>> AgentsAsync(
        DbSession db, Id<Organization> organization, AgentUsageKind kind, DateTimeOffset since, DateTimeOffset until, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select a.id, a.name, cast(sum(u.count) as bigint) as total from usage_events u join agents a on a.id = u.agent_id
            where u.organization_id = {organization} and u.metric_type = {kind} and u.hour_ms >= {since} and u.hour_ms < {until}
            group by a.id, a.name order by total desc, a.id
            """,
            row => new AgentCount(row.Id<Agent>("id"), row.Text("name"), row.Long("total")), ct);

    /// <summary>Stores how much a journal holds by now. Storing it twice changes nothing.</summary>
    internal static Task SetAsync(DbTx tx, DateTimeOffset hour, string stripe, ArraySegment<Unstored<AgentUsageKey>> some, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into usage_events (organization_id, agent_id, metric_type, hour_ms, stripe, count)
            {ManyRows.Values(some, one => ToSql(hour, stripe, one))}
            on conflict (organization_id, metric_type, hour_ms, agent_id, stripe) do update set count = excluded.count
            """,
            ct);

    /// <summary>Deletes hours older than <see cref="Kept"/>.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            delete from usage_events where hour_ms < {now - Kept} and hour_ms in (
                select hour_ms from usage_events where hour_ms < {now - Kept} order by hour_ms limit {PerSweep})
            """,
            ct);

    private static Sql ToSql(DateTimeOffset hour, string stripe, Unstored<AgentUsageKey> one) =>
        $"({new Id<Organization>(one.Key.Organization)}, {new Id<Agent>(one.Key.Agent)}, {one.Key.Kind}, {hour}, {stripe}, {one.Count})";
}
