using Credence.Audit;
using Credence.People;
using Credence.Roles;
using Credence.Storage;
using Credence.Tokens;
using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>
/// Takes people over from a <c>users</c> table that was there before this server was (contract forward-auth C.3, C.4): with their UUIDs, addresses, hashes and roles.
/// The table stays, as <c>users_adopted</c>. At each start it is looked at again for rows that are not taken over yet.
/// </summary>
public sealed class AdoptUsers(Db db, PersonIds ids, RoleOptions roles, TimeProvider clock, ILogger<AdoptUsers> log)
{
    private const int AtOnce = 200;

    private sealed record Found(string Place, string Id, string Email, string Hash, string Role, DateTimeOffset CreatedAt, DateTimeOffset ModifiedAt);

    /// <returns>How many people were taken over now.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        if (db.Engine.Kind != EngineKind.Postgres) return 0;
        if (await db.NumberAsync($"select count(*) as n from pg_class where oid = to_regclass('public.users_adopted') and relkind in ('r', 'p')", ct) == 0) return 0;
        var adopted = 0;
        await db.Engine.ExclusivelyAsync(async () => adopted = await AdoptAsync(ct), ct);
        if (adopted > 0) SignInLog.Adopted(log, adopted);
        return adopted;
    }

    private async Task<int> AdoptAsync(CancellationToken ct)
    {
        var adopted = 0;
        for (var (place, last) = ("-infinity", Guid.Empty.ToString()); ;)
        {
            var rows = await NextAsync(place, last, ct);
            if (rows.Count == 0) return adopted;
            await using var tx = await db.BeginAsync(ct);
            foreach (var row in rows)
            {
                if (await AdoptAsync(tx, row, ct)) adopted++;
                else SignInLog.NotAdopted(log, row.Id);
            }

            await tx.CommitAsync();
            (place, last) = (rows[^1].Place, rows[^1].Id);
        }
    }

    /// <summary>The oldest first: of two spellings of an address the former's owner has it.</summary>
    private Task<List<Found>> NextAsync(string place, string after, CancellationToken ct) => db.ListAsync(
        $"""
        select u.created_at::text as place, u.id::text as id, u.email, u.password_hash, u.role, (extract(epoch from u.created_at) * 1000)::bigint as created_ms,
            (extract(epoch from u.updated_at) * 1000)::bigint as modified_ms
        from public.users_adopted u
        where (u.created_at, u.id) > ({place}::timestamptz, {after}::uuid) and not exists (select 1 from people p where p.uuid = u.id::text)
        order by u.created_at, u.id limit {(long)AtOnce}
        """,
        row => new Found(
            row.Text("place"), row.Text("id"), row.Text("email"), row.Text("password_hash"), row.Text("role"), row.Time("created_ms"), row.Time("modified_ms")), ct);

    /// <returns>False when the address is none, or somebody has it: its row stays where it is.</returns>
    private async Task<bool> AdoptAsync(DbTx tx, Found row, CancellationToken ct)
    {
        if (Normalized.Of(IdentifierScheme.Email, row.Email) is not { } email || await PersonStore.FindAsync(tx, IdentifierScheme.Email, email, ct) is not null) return false;
        var now = clock.Now();
        var person = new Person(await ids.NextAsync(ct), Guid.Parse(row.Id), PersonStatus.Activated, PersonProfile.None, row.CreatedAt, row.ModifiedAt, LastSignInAt: null);
        await PersonStore.AddAsync(tx, person, ct);
        await PersonStore.AddAsync(tx, PersonIdentifier.New(person.Id, IdentifierScheme.Email, email, now) with { MaySignIn = true }, now, ct);
        await PersonPasswords.SetAsync(tx, person.Id, row.Hash, now, ct);
        var role = row.Role.Trim('\''); // a well-known migration stored its default with the quotes
        if (role != IssueForwardToken.UsualRole) await ForwardRoles.SetAsync(tx, person.Id, role, ct);
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("user.adopted", "system", person.Id.ToString()), now, ct);
        await RoleStore.AssignAsync(tx, person.Id.ToString(), roles.First, "system", now, ct);
        return true;
    }
}
