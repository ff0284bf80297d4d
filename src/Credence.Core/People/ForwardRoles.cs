using Credence.Storage;

namespace Credence.People;

/// <summary>The roles that tokens of the forward-auth door name, of people who have another than the usual one: they came with a table that was taken over.</summary>
public static class ForwardRoles
{
    private sealed record Kept(string Role);

    /// <summary>Somebody's role; null for the usual one.</summary>
    public static async Task<string?> OfAsync(DbSession db, PersonId person, CancellationToken ct) =>
        (await db.FirstAsync($"select role from forward_auth_roles where person_id = {person}", row => new Kept(row.Text("role")), ct))?.Role;

    /// <summary>Gives somebody a role.</summary>
    public static Task SetAsync(DbTx tx, PersonId person, string role, CancellationToken ct) =>
        tx.LaterAsync(
            $"insert into forward_auth_roles (person_id, role) values ({person}, {role}) on conflict (person_id) do update set role = excluded.role", ct);
}
