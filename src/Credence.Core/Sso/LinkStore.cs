using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>Which issuer a directory's user signs on with, in the database: a subject means one person only together with its issuer (standards 12).</summary>
internal static class LinkStore
{
    /// <summary>The issuer, or null.</summary>
    public static async Task<string?> FindAsync(DbSession db, string user, CancellationToken ct) =>
        await db.FirstAsync($"select issuer from sso_links where user_id = {user}", row => row.Text("issuer"), ct);

    /// <summary>Links a user that is not linked; until <paramref name="tx"/> ends, nobody else does.</summary>
    /// <returns>The issuer that the user is linked with now.</returns>
    public static async Task<string> ClaimAsync(DbTx tx, Id<Organization> organization, string user, string issuer, CancellationToken ct) =>
        (await tx.FirstAsync(
            $"""
            insert into sso_links (user_id, organization_id, issuer) values ({user}, {organization}, {issuer})
            on conflict (user_id) do update set organization_id = excluded.organization_id
            returning issuer
            """,
            row => row.Text("issuer"), ct))!;

    /// <summary>Links a user with another issuer, if nobody else did.</summary>
    public static Task MoveAsync(DbTx tx, string user, string from, string to, CancellationToken ct) =>
        tx.LaterAsync($"update sso_links set issuer = {to} where user_id = {user} and issuer = {from}", ct);
}
