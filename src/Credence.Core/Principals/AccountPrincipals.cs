using Credence.Organizations;
using Credence.Storage;

namespace Credence.Principals;

/// <summary>
/// Which account an organization's name for somebody means (design D9). The first approval of somebody signed in binds it; from then on nobody else who is signed
/// in decides in that name, until a directory gives it to somebody else or the account is deleted.
/// </summary>
public static class AccountPrincipals
{
    /// <summary>The most names of one person that are shown to them.</summary>
    public const int Most = 100;

    /// <summary>Makes the name mean this person, unless it means another.</summary>
    /// <returns>False when it does: of any number of people at once one has it.</returns>
    internal static async Task<bool> BindAsync(DbTx tx, Id<Organization> organization, string name, PersonId person, DateTimeOffset now, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into principals (organization_id, name, scim_user_id, is_carried, is_blocked, person_id, bound_ms)
            values ({organization}, {name}, '', {false}, {false}, {person}, {now})
            on conflict (organization_id, name) do update
            set person_id = excluded.person_id,
                bound_ms = case when principals.person_id = excluded.person_id then principals.bound_ms else excluded.bound_ms end
            where principals.person_id is null or principals.person_id = excluded.person_id
                or exists (select 1 from people where people.id = principals.person_id and people.deleted_ms is not null)
            """,
            ct) == 1;

    /// <summary>Whether the name means this person, or may yet.</summary>
    public static async Task<bool> MayMeanAsync(DbSession db, Id<Organization> organization, string name, PersonId person, CancellationToken ct) =>
        await db.NumberAsync(
            $"""
            select count(*) as n from principals join people on people.id = principals.person_id
            where organization_id = {organization} and name = {name} and person_id <> {person} and people.deleted_ms is null
            """,
            ct) == 0;

    /// <summary>Every name that means this person, the oldest first, each as what they may see and end with it now.</summary>
    public static Task<List<PrincipalSession>> OfAsync(DbSession db, PersonId person, DateTimeOffset now, CancellationToken ct) =>
        db.ListAsync(
            $"select organization_id, name from principals where person_id = {person} order by bound_ms, organization_id, name limit {Most}",
            row => PrincipalSession.OfAccount(row.Id<Organization>("organization_id"), row.Text("name"), now), ct);
}
