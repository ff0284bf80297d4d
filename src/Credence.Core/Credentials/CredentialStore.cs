using Credence.Storage;

namespace Credence.Credentials;

/// <summary>Credentials in the database.</summary>
public static class CredentialStore
{
    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    /// <summary>How many credentials that work now end within seven days (contract agent-idp A 38).</summary>
    public static Task<long> CountExpiringAsync(DbSession db, DateTimeOffset now, CancellationToken ct) =>
        db.NumberAsync(
            $"select count(*) as n from credentials where expires_ms is not null and revoked_ms is null and expires_ms > {now} and expires_ms <= {now + Soon}", ct);

    /// <summary>Adds one whose secret hashes to <paramref name="hash"/>.</summary>
    /// <returns>False when a credential with that id or secret exists.</returns>
    public static async Task<bool> AddAsync(DbTx tx, Credential credential, string hash, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into credentials (id, agent_id, hash, signing_alg, created_ms, expires_ms)
            values ({credential.Id}, {credential.Agent}, {hash}, {credential.SigningAlg.ToString()}, {credential.CreatedAt}, {credential.ExpiresAt})
            on conflict do nothing
            """,
            ct) == 1;
}
