using Credence.Storage;

namespace Credence.People;

/// <summary>Sessions of people.</summary>
public static class PersonSessionStore
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);

    /// <summary>Adds one.</summary>
    public static Task AddAsync(DbTx tx, PersonSession session, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into person_sessions (id, person_id, client_id, user_agent, address, created_ms, last_seen_ms, expires_ms, methods)
            values ({session.Id}, {session.Person}, {session.ClientId}, {session.Origin.UserAgent}, {session.Origin.Address}, {session.CreatedAt}, {session.LastSeenAt},
                {session.ExpiresAt}, {session.How?.Methods})
            """,
            ct);

    /// <summary>One by its id, or null.</summary>
    public static Task<PersonSession?> FindAsync(DbSession db, Id<PersonSession> id, CancellationToken ct) =>
        db.FirstAsync($"select {PersonSession.Columns} from person_sessions where id = {id}", PersonSession.Read, ct);

    /// <summary>Somebody's that go on, the newest first.</summary>
    public static Task<List<PersonSession>> LiveAsync(DbSession db, PersonId person, DateTimeOffset now, CancellationToken ct) =>
        db.ListAsync(
            $"select {PersonSession.Columns} from person_sessions where person_id = {person} and ended_ms is null and expires_ms > {now} order by created_ms desc, id desc",
            PersonSession.Read, ct);

    /// <summary>Notes that one was refreshed, if it goes on. It takes the row until <paramref name="tx"/> ends.</summary>
    public static async Task<bool> SeeAsync(DbTx tx, Id<PersonSession> id, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update person_sessions set last_seen_ms = {now} where id = {id} and ended_ms is null and expires_ms > {now}", ct) == 1;

    /// <summary>Ends one of somebody's.</summary>
    /// <returns>False when it is not theirs, or over: of any number of callers one ends it.</returns>
    public static async Task<bool> EndAsync(DbTx tx, PersonId person, Id<PersonSession> id, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync($"update person_sessions set ended_ms = {now} where id = {id} and person_id = {person} and ended_ms is null and expires_ms > {now}", ct) == 1;

    /// <summary>Ends all of somebody's that go on, but for one; and what waited to become one.</summary>
    /// <returns>Those that this call ended.</returns>
    public static async Task<List<PersonSession>> EndAllAsync(DbTx tx, PersonId person, Id<PersonSession>? except, DateTimeOffset now, CancellationToken ct)
    {
        await PendingSignIns.EndAllAsync(tx, person, ct);
        return await tx.ListAsync(
            $"""
            update person_sessions set ended_ms = {now}
            where person_id = {person} and ended_ms is null and expires_ms > {now} and id <> {except?.ToString() ?? ""}
            returning {PersonSession.Columns}
            """,
            PersonSession.Read, ct);
    }

    /// <summary>Deletes what expired a day ago, with its refresh tokens; that it was is in the audit log.</summary>
    public static async Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct)
    {
        var before = now - Kept;
        await tx.ExecuteAsync($"delete from person_refresh_tokens where session_id in (select id from person_sessions where expires_ms < {before})", ct);
        return await tx.ExecuteAsync($"delete from person_sessions where expires_ms < {before}", ct);
    }
}
