using Credence.Organizations;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>Sign-ons in the database. One is over with its time, or with the principal session that it opened: whichever way that ended.</summary>
public static class SsoSessionStore
{
    /// <summary>An organization's sign-ons that are not over, newest first.</summary>
    public static Task<List<SsoSession>> ListAsync(DbSession db, Id<Organization> organization, DateTimeOffset now, CancellationToken ct) =>
        db.ListAsync(
            $"select {SsoSession.Columns} from sso_sessions s where organization_id = {organization} and {Live(now)} order by created_ms desc, id desc",
            SsoSession.Read, ct);

    /// <summary>An organization's sign-on that is not over, or null.</summary>
    internal static Task<SsoSession?> FindAsync(DbSession db, Id<Organization> organization, Id<SsoSession> id, DateTimeOffset now, CancellationToken ct) =>
        db.FirstAsync($"select {SsoSession.Columns} from sso_sessions s where id = {id} and organization_id = {organization} and {Live(now)}", SsoSession.Read, ct);

    /// <summary>The sign-on that opened a principal's session, if one did and it is not over.</summary>
    internal static Task<SsoSession?> BehindAsync(DbSession db, PrincipalSession session, DateTimeOffset now, CancellationToken ct) =>
        db.FirstAsync(
            $"select {SsoSession.Columns} from sso_sessions s where principal_session_id = {session.Id} and organization_id = {session.Organization} and {Live(now)}",
            SsoSession.Read, ct);

    /// <summary>The sign-ons with a connection that are not over.</summary>
    internal static Task<List<SsoSession>> OfConnectionAsync(DbSession db, Id<Connection> connection, DateTimeOffset now, CancellationToken ct) =>
        db.ListAsync($"select {SsoSession.Columns} from sso_sessions s where connection_id = {connection} and {Live(now)} order by id", SsoSession.Read, ct);

    /// <summary>Adds one.</summary>
    internal static Task AddAsync(DbTx tx, SsoSession session, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into sso_sessions (id, organization_id, connection_id, principal_id, principal_session_id, email, name, idp_subject, groups, mapped_scopes,
                created_ms, expires_ms)
            values ({session.Id}, {session.Organization}, {session.Connection}, {session.Principal}, {session.PrincipalSession?.ToString()}, {session.Who.Email},
                {session.Who.Name}, {session.Who.Subject}, {session.Who.Groups}, {session.MappedScopes}, {session.CreatedAt}, {session.ExpiresAt})
            """,
            ct);

    /// <summary>Deletes one.</summary>
    /// <returns>False when somebody did before: of any number of callers one is told true.</returns>
    internal static async Task<bool> DeleteAsync(DbTx tx, Id<SsoSession> id, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from sso_sessions where id = {id}", ct) == 1;

    /// <summary>Deletes sign-ons whose time is over; that they were is in the audit log.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from sso_sessions where expires_ms < {now}", ct);

    private static Sql Live(DateTimeOffset now) => Sql.Of(
        $"expires_ms > {now} and not exists (select 1 from principal_sessions p where p.id = s.principal_session_id and p.ended_ms is not null)");
}
