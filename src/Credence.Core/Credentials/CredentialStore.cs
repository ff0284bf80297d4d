using Credence.Agents;
using Credence.Storage;

namespace Credence.Credentials;

/// <summary>Credentials in the database.</summary>
public static class CredentialStore
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    /// <summary>An agent's credential, or null.</summary>
    public static Task<Credential?> FindAsync(DbSession db, Id<Agent> agent, Id<Credential> id, CancellationToken ct) =>
        db.FirstAsync($"select {Credential.Columns} from credentials where id = {id} and agent_id = {agent}", Credential.Read, ct);

    /// <summary>What the secret of an agent's credential hashes to, or null when there is no such credential.</summary>
    internal static Task<string?> HashAsync(DbSession db, Id<Agent> agent, Id<Credential> id, CancellationToken ct) =>
        db.FirstAsync($"select hash from credentials where id = {id} and agent_id = {agent}", row => row.Text("hash"), ct);

    /// <summary>A page of an agent's credentials, newest first.</summary>
    public static Task<List<Credential>> ListAsync(
        DbSession db, Id<Agent> agent, CredentialStatus? only, DateTimeOffset now, long skip, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select {Credential.Columns} from credentials where agent_id = {agent} {Only(only, now)} order by created_ms desc, id desc limit {most} offset {skip}",
            Credential.Read, ct);

    /// <summary>How many an agent has.</summary>
    public static Task<long> CountAsync(DbSession db, Id<Agent> agent, CredentialStatus? only, DateTimeOffset now, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from credentials where agent_id = {agent} {Only(only, now)}", ct);

    /// <summary>How many credentials that work now end within seven days (contract agent-idp A 38).</summary>
    public static Task<long> CountExpiringAsync(DbSession db, DateTimeOffset now, CancellationToken ct) =>
        db.NumberAsync(
            $"select count(*) as n from credentials where expires_ms is not null and revoked_ms is null and expires_ms > {now} and expires_ms <= {now + Soon}", ct);

    /// <summary>Adds one whose secret hashes to <paramref name="hash"/>.</summary>
    public static Task AddAsync(DbTx tx, Credential credential, string hash, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into credentials (id, agent_id, hash, signing_alg, created_ms, expires_ms)
            values ({credential.Id}, {credential.Agent}, {hash}, {credential.SigningAlg.ToString()}, {credential.CreatedAt}, {credential.ExpiresAt})
            """,
            ct);

    /// <summary>Gives a credential another secret, if it still has the one that hashes to <paramref name="before"/> and is not revoked.</summary>
    /// <returns>The credential as it is then; null when somebody was faster.</returns>
    internal static Task<Credential?> RotateAsync(
        DbTx tx, Id<Credential> id, string before, string hash, TimeSpan grace, DateTimeOffset? expiresAt, DateTimeOffset now, CancellationToken ct)
    {
        var former = grace > TimeSpan.Zero ? before : null;
        var until = grace > TimeSpan.Zero ? now + grace : (DateTimeOffset?)null;
        return tx.FirstAsync(
            $"""
            update credentials set hash = {hash}, previous_hash = {former}, previous_until_ms = {until}, rotated_ms = {now},
                expires_ms = coalesce({expiresAt}, expires_ms)
            where id = {id} and hash = {before} and revoked_ms is null returning {Credential.Columns}
            """,
            Credential.Read, ct);
    }

    /// <summary>Ends one credential of an agent, or all that are left.</summary>
    /// <returns>Those this call ended.</returns>
    internal static Task<List<Credential>> RevokeAsync(DbTx tx, Id<Agent> agent, Id<Credential>? one, DateTimeOffset now, CancellationToken ct) =>
        tx.ListAsync(
            $"""
            update credentials set revoked_ms = {now}
            where agent_id = {agent} {(one is { } id ? (Sql)$"and id = {id}" : Sql.None)} and revoked_ms is null returning {Credential.Columns}
            """,
            Credential.Read, ct);

    private static Sql Only(CredentialStatus? status, DateTimeOffset now) => status switch
    {
        null => Sql.None,
        CredentialStatus.Revoked => $"and revoked_ms is not null",
        CredentialStatus.Expired => $"and revoked_ms is null and expires_ms <= {now}",
        _ => $"and revoked_ms is null and (expires_ms is null or expires_ms > {now})",
    };
}
