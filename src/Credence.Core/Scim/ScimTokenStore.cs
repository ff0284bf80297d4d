using Credence.Organizations;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>SCIM tokens in the database.</summary>
public static class ScimTokenStore
{
    /// <summary>An organization's tokens that work, newest first.</summary>
    public static Task<List<ScimToken>> ListAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.ListAsync(
            $"select {ScimToken.Columns} from scim_tokens where organization_id = {organization} and revoked_ms is null order by created_ms desc, id desc",
            ScimToken.Read, ct);

    /// <summary>The token whose text hashes to <paramref name="hash"/>, or null; like an API key, it is none while its organization is suspended.</summary>
    internal static Task<ScimToken?> FindAsync(DbSession db, string hash, CancellationToken ct) =>
        db.FirstAsync(
            $"""
            select {ScimToken.Columns.From('t')} from scim_tokens t join organizations o on o.id = t.organization_id
            where t.hash = {hash} and t.revoked_ms is null and o.suspended_ms is null
            """,
            ScimToken.Read, ct);

    /// <summary>Adds one.</summary>
    internal static Task AddAsync(DbTx tx, ScimToken token, string hash, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into scim_tokens (id, organization_id, hash, label, created_ms)
            values ({token.Id}, {token.Organization}, {hash}, {token.Label}, {token.CreatedAt})
            """,
            ct);

    /// <summary>Ends one.</summary>
    /// <returns>False when it was ended before, or is another organization's.</returns>
    internal static async Task<bool> RevokeAsync(DbTx tx, Id<Organization> organization, Id<ScimToken> id, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"update scim_tokens set revoked_ms = {now} where id = {id} and organization_id = {organization} and revoked_ms is null", ct) == 1;

    /// <summary>Remembers that it was used, for its owner to look at.</summary>
    internal static Task TouchAsync(DbTx tx, Id<ScimToken> id, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"update scim_tokens set last_used_ms = {now} where id = {id}", ct);
}
