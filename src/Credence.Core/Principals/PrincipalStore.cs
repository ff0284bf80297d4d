using Credence.Agents;
using Credence.Grants;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Principals;

/// <summary>A grant as the person who gave it is shown it: with who holds it.</summary>
/// <param name="Grant">The grant.</param>
/// <param name="Agent">Its holder.</param>
public sealed record HeldGrant(Grant Grant, Agent Agent);

/// <summary>What one person granted through one organization, and their sessions, in the database.</summary>
public static class PrincipalStore
{
    private static readonly TimeSpan SessionsKept = TimeSpan.FromDays(1);

    /// <summary>Whether the person has granted anything that is still good at <paramref name="now"/>.</summary>
    public static async Task<bool> HasGrantedAsync(DbSession db, Id<Organization> organization, string principal, DateTimeOffset now, CancellationToken ct) =>
        await db.NumberAsync(
            $"""
            select 1 as n from grants
            where organization_id = {organization} and principal_id = {principal} and status = 'active' and expires_ms > {now} limit 1
            """,
            ct) == 1;

    /// <summary>Grants nobody took back, newest first, those whose time is over included (contract grantex-core 11); <paramref name="before"/> and <paramref name="most"/> page through them.</summary>
    public static async Task<List<HeldGrant>> ActiveAsync(DbSession db, PrincipalSession session, Keyset? before, int? most, CancellationToken ct) =>
        await WithAgentsAsync(db, session, await GrantStore.ListAsync(db, session.Organization, Of(session, GrantStatus.Active), before, most, ct), ct);

    /// <summary>Grants that give authority at <paramref name="now"/>, newest first.</summary>
    public static async Task<List<HeldGrant>> LiveAsync(DbSession db, PrincipalSession session, DateTimeOffset now, int most, CancellationToken ct) =>
        await WithAgentsAsync(
            db, session, await GrantStore.ListAsync(db, session.Organization, Of(session, GrantStatus.Active) with { NotExpiredAt = now }, null, most, ct), ct);

    /// <summary>What was taken back, of what the person gave and of what was passed on, after <paramref name="since"/>, the last first.</summary>
    public static async Task<List<HeldGrant>> EndedAsync(DbSession db, PrincipalSession session, DateTimeOffset since, int most, CancellationToken ct)
    {
        var ended = await db.ListAsync(
            $"""
            select {Grant.Columns} from grants
            where organization_id = {session.Organization} and principal_id = {session.Principal} and status = 'revoked' and revoked_ms > {since}
            order by revoked_ms desc, id desc limit {most}
            """,
            Grant.Read, ct);
        return await WithAgentsAsync(db, session, ended, ct);
    }

    /// <summary>Live grants of the person, or those of them that one agent holds, in the order in which whoever ends several takes them.</summary>
    public static Task<List<Grant>> ToEndAsync(DbSession db, PrincipalSession session, Id<Agent>? agent, DateTimeOffset now, int most, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Grant.Columns} from grants
            where organization_id = {session.Organization} and principal_id = {session.Principal} and status = 'active' and expires_ms > {now}
                {(agent is { } holder ? (Sql)$"and agent_id = {holder}" : Sql.None)}
            order by root_id, depth limit {most}
            """,
            Grant.Read, ct);

    /// <summary>Adds a session.</summary>
    public static Task AddAsync(DbTx tx, PrincipalSession session, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into principal_sessions (id, organization_id, principal_id, created_ms, expires_ms)
            values ({session.Id}, {session.Organization}, {session.Principal}, {session.CreatedAt}, {session.ExpiresAt})
            """,
            ct);

    /// <summary>Ends a session that is not over.</summary>
    /// <returns>The session; null when it is not this organization's or is over: of any number of callers one is told that it ended it.</returns>
    public static async Task<PrincipalSession?> EndAsync(
        DbTx tx, Id<Organization> organization, Id<PrincipalSession> id, DateTimeOffset now, CancellationToken ct)
    {
        var ended = await tx.ListAsync(
            $"""
            update principal_sessions set ended_ms = {now}
            where id = {id} and organization_id = {organization} and ended_ms is null and expires_ms > {now}
            returning {SessionColumns}
            """,
            ReadSession, ct);
        return ended.Count == 0 ? null : ended[0];
    }

    /// <summary>Ends every session that is not over, of whoever has one of these names.</summary>
    internal static Task<List<PrincipalSession>> EndAllAsync(
        DbTx tx, Id<Organization> organization, IReadOnlyList<string> names, DateTimeOffset now, CancellationToken ct) =>
        tx.ListAsync(
            $"""
            update principal_sessions set ended_ms = {now}
            where organization_id = {organization} and principal_id in {Sql.List(names)} and ended_ms is null and expires_ms > {now}
            returning {SessionColumns}
            """,
            ReadSession, ct);

    /// <summary>Deletes sessions that expired a day ago; that they were is in the audit log.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from principal_sessions where expires_ms < {now - SessionsKept}", ct);

    private static Sql SessionColumns { get; } = Sql.Of($"id, organization_id, principal_id, created_ms, expires_ms");

    private static PrincipalSession ReadSession(Row row) => new(
        row.Id<PrincipalSession>("id"), row.Id<Organization>("organization_id"), row.Text("principal_id"), row.Time("created_ms"), row.Time("expires_ms"));

    private static GrantFilter Of(PrincipalSession session, GrantStatus status) => new(Agent: null, session.Principal, Words.Of(status)) { PausedToo = true };

    private static async Task<List<HeldGrant>> WithAgentsAsync(DbSession db, PrincipalSession session, List<Grant> grants, CancellationToken ct)
    {
        var agents = (await AgentStore.EverAsync(db, session.Organization, grants.Select(grant => grant.Agent).Distinct(), ct)).ToDictionary(agent => agent.Id);
        return grants.ConvertAll(grant => new HeldGrant(grant, agents[grant.Agent]));
    }
}
