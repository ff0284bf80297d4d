using Credence.Storage;

namespace Credence.Roles;

/// <summary>Roles in the database, and who has them.</summary>
public static class RoleStore
{
    /// <summary>The role of that name, or null.</summary>
    public static Task<Role?> FindAsync(DbSession db, string identifier, CancellationToken ct) =>
        db.FirstAsync($"select {Role.Columns} from roles where identifier = {identifier} and deleted_ms is null", Role.Read, ct);

    /// <summary>The role of that id, or null.</summary>
    public static Task<Role?> FindAsync(DbSession db, Id<Role> id, CancellationToken ct) =>
        db.FirstAsync($"select {Role.Columns} from roles where id = {id} and deleted_ms is null", Role.Read, ct);

    /// <summary>Every role.</summary>
    public static Task<List<Role>> AllAsync(DbSession db, CancellationToken ct) => db.ListAsync(
        $"select {Role.Columns} from roles where deleted_ms is null", Role.Read, ct);

    /// <summary>A part of the roles, the highest first.</summary>
    public static Task<List<Role>> ListAsync(DbSession db, RoleType? type, int limit, int offset, CancellationToken ct) =>
        db.ListAsync(
            $"select {Role.Columns} from roles where deleted_ms is null {OfType(type)} order by priority desc, identifier limit {limit} offset {offset}",
            Role.Read, ct);

    /// <summary>How many roles there are.</summary>
    public static Task<long> CountAsync(DbSession db, RoleType? type, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from roles where deleted_ms is null {OfType(type)}", ct);

    /// <summary>Adds a role, if its name is free.</summary>
    /// <returns>False when there is one of that name: of any number of callers one adds it.</returns>
    public static async Task<bool> AddAsync(DbTx tx, Role role, string by, DateTimeOffset now, CancellationToken ct)
    {
        await PolicyDefinitionStore.RenewAsync(tx, ct);
        return await tx.ExecuteAsync(
            $"""
            insert into roles (id, identifier, name, description, priority, type, status, position, created_ms, created_by)
            values ({role.Id}, {role.Identifier}, {role.NameAsJson}, {role.Description}, {role.Priority}, {role.Type}, {role.Status}, {PolicyDefinitionStore.Position},
                {now}, {by})
            on conflict do nothing
            """,
            ct) == 1;
    }

    /// <summary>Writes what of a role can change. The caller has the turn (<see cref="PolicyDefinitionStore.RenewAsync"/>).</summary>
    public static Task UpdateAsync(DbTx tx, Role role, string by, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update roles set name = {role.NameAsJson}, description = {role.Description}, priority = {role.Priority}, status = {role.Status},
                position = {PolicyDefinitionStore.Position}, modified_ms = {now}, modified_by = {by}
            where id = {role.Id}
            """,
            ct);

    /// <summary>Deletes a role softly, and the edges that begin at it. The caller has the turn.</summary>
    public static async Task DeleteAsync(DbTx tx, Id<Role> id, string by, DateTimeOffset now, CancellationToken ct)
    {
        await tx.LaterAsync(
            $"update roles set deleted_ms = {now}, modified_ms = {now}, modified_by = {by}, position = {PolicyDefinitionStore.Position} where id = {id}", ct);
        await PolicyDefinitionStore.RemoveOfAsync(tx, Subject.Role(id), by, now, ct);
    }

    /// <summary>The roles of several people as <see cref="OfAsync"/> gives one's, by their ids.</summary>
    public static async Task<ILookup<string, Role>> OfAllAsync(DbSession db, IReadOnlyCollection<string> people, CancellationToken ct) =>
        (await db.ListAsync(
            $"""
            select {Role.Columns.From('r')}, e.subject_id from roles r join policy_definitions e on e.target_id = r.id
            where r.status = {RoleStatus.Activated} and r.deleted_ms is null and e.subject_type = 'User' and e.subject_id in {Sql.List(people)}
                and e.variant = 'group' and e.target_type = 'Role' and e.domain = '*' and e.deleted_ms is null
            order by r.priority desc, r.identifier
            """,
            row => (Person: row.Text("subject_id"), Role: Role.Read(row)),
            ct)).ToLookup(held => held.Person, held => held.Role, StringComparer.Ordinal);

    /// <summary>A person's roles, the highest first: those that count, and that the person has in every domain by an edge of their own.</summary>
    /// <remarks>A role that is held in one domain only is not among them: who reads a role in a token does not ask for what domain it is (decision 0037).</remarks>
    public static Task<List<Role>> OfAsync(DbSession db, string person, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Role.Columns} from roles
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
        return await PolicyDefinitionStore.AddAsync(tx, PolicyDefinition.OfRole(Subject.User(person), role, by, now), ct);
    }

    private static Sql OfType(RoleType? type) => type is { } only ? $"and type = {only}" : Sql.None;
}
