using Credence.Revocations;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>API keys in the database.</summary>
public static class ApiKeyStore
{
    /// <summary>The keys of an organization that still work or will, oldest first.</summary>
    public static Task<List<ApiKey>> ListAsync(DbSession db, Id<Organization> organization, DateTimeOffset now, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {ApiKey.Columns} from api_keys where organization_id = {organization} and revoked_ms is null and (expires_ms is null or expires_ms > {now})
            order by created_ms, id
            """,
            ApiKey.Read, ct);

    /// <summary>Marks that make every node look an organization's keys up again; stored last before the commit, announced after it.</summary>
    internal static async Task<Revocation[]> MarkChangedAsync(DbTx tx, Id<Organization> organization, DateTimeOffset now, CancellationToken ct) =>
        [.. (await ListAsync(tx, organization, now, ct)).Select(key => Revocation.Changed(RevocationKind.ApiKey, key.Id.ToString(), now, now + FindCaller.CacheLife))];

    /// <summary>Adds a key whose secret hashes to <paramref name="hash"/>.</summary>
    /// <returns>False when a key with that secret exists.</returns>
    public static async Task<bool> AddAsync(DbTx tx, ApiKey key, string hash, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into api_keys (id, organization_id, hash, label, read_only, created_ms, expires_ms)
            values ({key.Id}, {key.Organization}, {hash}, {key.Label}, {key.ReadOnly}, {key.CreatedAt}, {key.ExpiresAt})
            on conflict (hash) do nothing
            """,
            ct) == 1;

    /// <summary>Ends a key at once.</summary>
    /// <returns>False when it was ended before, or is another organization's.</returns>
    public static async Task<bool> RevokeAsync(DbTx tx, Id<Organization> organization, Id<ApiKey> id, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"update api_keys set revoked_ms = {now} where id = {id} and organization_id = {organization} and revoked_ms is null", ct) == 1;

    /// <summary>Lets a key work until <paramref name="end"/> and no longer.</summary>
    /// <returns>False when it was ended before, or ends sooner already.</returns>
    public static async Task<bool> ExpireAsync(DbTx tx, Id<ApiKey> id, DateTimeOffset end, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"update api_keys set expires_ms = {end} where id = {id} and revoked_ms is null and (expires_ms is null or expires_ms > {end})", ct) == 1;

    /// <summary>Remembers that a key was used, at most once a minute: this is for its owner to look at, not for a decision.</summary>
    public static Task TouchAsync(DbTx tx, Id<ApiKey> id, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"update api_keys set last_used_ms = {now} where id = {id} and (last_used_ms is null or last_used_ms < {now.AddMinutes(-1)})", ct);
}
