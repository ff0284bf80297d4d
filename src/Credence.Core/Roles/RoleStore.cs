using Credence.Storage;

namespace Credence.Roles;

/// <summary>Roles in the database, and who has them.</summary>
public static class RoleStore
{
    /// <summary>The role of that name, or null.</summary>
    public static Task<Role?> FindAsync(DbSession db, string identifier, CancellationToken ct) =>
        db.FirstAsync($"select * from roles where identifier = {identifier} and deleted_ms is null", Role.Read, ct);

    /// <summary>A person's roles, the highest first: those that count, and that the person has in every domain by an edge of their own.</summary>
    /// <remarks>A role that is held in one domain only is not among them: who reads a role in a token does not ask for what domain it is (decision 0037).</remarks>
    public static Task<List<Role>> OfAsync(DbSession db, string person, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select * from roles
            where status = {RoleStatus.Activated} and deleted_ms is null and id in (
                select target_id from policy_definitions
                where subject_type = 'User' and subject_id = {person} and variant = 'group' and target_type = 'Role' and domain = '*' and deleted_ms is null)
            order by priority desc, identifier
            """,
            Role.Read,
            ct);

    /// <summary>Gives a person a role in every domain; one who has it keeps it.</summary>
    /// <remarks>Changes to roles come one after the other from here until <paramref name="tx"/> ends: call it late.</remarks>
    /// <returns>Whether the person had not had it.</returns>
    /// <exception cref="ArgumentException">There is no such role.</exception>
    public static async Task<bool> AssignAsync(DbTx tx, string person, string roleIdentifier, string by, DateTimeOffset now, CancellationToken ct)
    {
        var role = await FindAsync(tx, roleIdentifier, ct) ?? throw new ArgumentException($"there is no role {roleIdentifier}", nameof(roleIdentifier));
        var edge = new PolicyDefinition(
            Id<PolicyDefinition>.New(now), EdgeVariant.Group, Subject.User(person), TargetType.Role, role.Id.ToString(),
            PolicyDefinition.Everywhere, Action: "", EdgeEffect.Allow, now, by);
        return await PolicyDefinitionStore.AddAsync(tx, edge, ct);
    }
}
