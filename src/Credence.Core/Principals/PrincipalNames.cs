using Credence.Organizations;
using Credence.Storage;

namespace Credence.Principals;

/// <summary>
/// Which names mean which user of the directory (design D9): a grant's principal is a developer's word, and this is how a directory's user is found behind it.
/// A user carries some names now and may have carried others; a name that somebody carries nobody else can have.
/// </summary>
internal static class PrincipalNames
{
    /// <summary>Makes <paramref name="names"/> those that the user carries from now on.</summary>
    /// <returns>Names that were another user's before, of which that one's authority must end; null when somebody else carries one.</returns>
    /// <remarks>Whoever calls it holds the organization's row: names pass from one user to another in one order.</remarks>
    public static async Task<List<string>?> CarryAsync(DbTx tx, Id<Organization> organization, string user, IReadOnlyCollection<string> names, CancellationToken ct)
    {
        var others = await tx.ListAsync(
            $"""
            select name, is_carried from principals where organization_id = {organization} and name in {Sql.List(names)} and scim_user_id <> {user} and scim_user_id <> ''
            """,
            row => (Name: row.Text("name"), IsCarried: row.Flag("is_carried")), ct);
        if (others.Exists(other => other.IsCarried)) return null;

        await tx.LaterAsync($"update principals set is_carried = {false} where scim_user_id = {user}", ct);
        foreach (var name in names)
        {
            await tx.LaterAsync(
                $"""
                insert into principals (organization_id, name, scim_user_id, is_carried, is_blocked) values ({organization}, {name}, {user}, {true}, {false})
                on conflict (organization_id, name) do update set scim_user_id = excluded.scim_user_id, is_carried = excluded.is_carried,
                    person_id = case when principals.scim_user_id in ('', excluded.scim_user_id) then principals.person_id else null end
                """,
                ct);
        }

        return others.ConvertAll(other => other.Name);
    }

    /// <summary>Lets authority be given in the user's names, or no longer; whoever is giving some right now is waited for.</summary>
    /// <returns>Every name that means this user.</returns>
    public static Task<List<string>> BlockAsync(DbTx tx, string user, bool isBlocked, CancellationToken ct) =>
        tx.ListAsync($"update principals set is_blocked = {isBlocked} where scim_user_id = {user} returning name", row => row.Text("name"), ct);

    /// <summary>Frees the names of a user who is gone, for whoever carries them next.</summary>
    public static Task FreeAsync(DbTx tx, string user, CancellationToken ct) =>
        tx.LaterAsync($"update principals set is_carried = {false} where scim_user_id = {user}", ct);

    /// <summary>Whether authority may be given in this name; until <paramref name="tx"/> ends, nobody blocks it.</summary>
    public static async Task<bool> MayActAsync(DbTx tx, Id<Organization> organization, string name, CancellationToken ct)
    {
        var found = await tx.ListAsync(
            $"select is_blocked from principals where organization_id = {organization} and name = {name} {tx.ForShare}", row => row.Flag("is_blocked"), ct);
        return !found.Contains(true);
    }

    /// <summary>Whether a name means this user of the directory.</summary>
    public static async Task<bool> MeansAsync(DbSession db, Id<Organization> organization, string name, string user, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from principals where organization_id = {organization} and name = {name} and scim_user_id = {user}", ct) == 1;
}
