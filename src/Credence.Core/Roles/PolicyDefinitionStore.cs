using Credence.Storage;

namespace Credence.Roles;

/// <summary>Edges in the database. Every change counts up the head row's position, by which nodes know what they have in memory is old.</summary>
public static class PolicyDefinitionStore
{
    /// <summary>What a commit tells of that changed an edge or a role (<see cref="Db.WhenCommitted"/>).</summary>
    internal const string Topic = "policy_definitions";

    /// <summary>What permissions about edges are about.</summary>
    public const string Resource = "PolicyDefinition";

    /// <summary>The position of the change that the transaction is making.</summary>
    internal static Sql Position => $"(select value from heads where name = 'policy_definitions')";

    /// <summary>The position of the last change that is committed.</summary>
    public static Task<long> PositionAsync(DbSession db, CancellationToken ct) =>
        db.NumberAsync($"select value as n from heads where name = 'policy_definitions'", ct);

    /// <summary>The subjects whose own edges changed after <paramref name="position"/>, and the roles that did.</summary>
    public static Task<List<Subject>> ChangedAsync(DbSession db, long position, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select subject_type, subject_id from policy_definitions where position > {position}
            union
            select 'Role', id from roles where position > {position}
            """,
            row => new Subject(Enum.Parse<SubjectType>(row.Text("subject_type")), row.Text("subject_id")),
            ct);

    /// <summary>The edges that begin at a subject.</summary>
    public static Task<List<PolicyDefinition>> OfAsync(DbSession db, Subject subject, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {PolicyDefinition.Columns} from policy_definitions
            where subject_type = {subject.Type.ToString()} and subject_id = {subject.Id} and deleted_ms is null order by id
            """,
            PolicyDefinition.Read,
            ct);

    /// <summary>The edges that begin at roles that count.</summary>
    public static Task<List<PolicyDefinition>> OfRolesAsync(DbSession db, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {PolicyDefinition.Columns.From('p')} from policy_definitions p join roles r on r.id = p.subject_id
            where p.subject_type = 'Role' and p.deleted_ms is null and r.status = {RoleStatus.Activated} and r.deleted_ms is null
            """,
            PolicyDefinition.Read,
            ct);

    /// <summary>Adds an edge, unless there is one like it.</summary>
    /// <remarks>It holds the head row until <paramref name="tx"/> ends, so that positions become visible in their order: call it late (design D16).</remarks>
    /// <returns>Whether it was added: of any number who add the same one, one is told true.</returns>
    public static async Task<bool> AddAsync(DbTx tx, PolicyDefinition edge, CancellationToken ct)
    {
        await RenewAsync(tx, ct);
        return await tx.ExecuteAsync(
            $"""
            insert into policy_definitions
                (id, variant, subject_type, subject_id, target_type, target_id, domain, action, effect, position, created_ms, created_by)
            values ({edge.Id}, {edge.Variant}, {edge.Subject.Type.ToString()}, {edge.Subject.Id}, {edge.TargetType.ToString()}, {edge.TargetId}, {edge.Domain},
                {edge.Action}, {edge.Effect}, {Position}, {edge.CreatedAt}, {edge.CreatedBy})
            on conflict do nothing
            """,
            ct) == 1;
    }

    /// <summary>An edge that was not removed, or null.</summary>
    public static Task<PolicyDefinition?> FindAsync(DbSession db, Id<PolicyDefinition> id, CancellationToken ct) =>
        db.FirstAsync($"select {PolicyDefinition.Columns} from policy_definitions where id = {id} and deleted_ms is null", PolicyDefinition.Read, ct);

    /// <summary>Removes an edge softly. The caller has the turn (<see cref="RenewAsync"/>).</summary>
    public static Task RemoveAsync(DbTx tx, Id<PolicyDefinition> id, string by, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync($"update policy_definitions set deleted_ms = {now}, deleted_by = {by}, position = {Position} where id = {id} and deleted_ms is null", ct);

    /// <summary>Removes the edges that begin at a subject. The caller has the turn.</summary>
    public static Task RemoveOfAsync(DbTx tx, Subject subject, string by, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update policy_definitions set deleted_ms = {now}, deleted_by = {by}, position = {Position}
            where subject_type = {subject.Type.ToString()} and subject_id = {subject.Id} and deleted_ms is null
            """,
            ct);

    /// <summary>The ids of the people who have a role in every domain by an edge of their own.</summary>
    public static Task<List<string>> HoldersAsync(DbSession db, string roleIdentifier, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select e.subject_id from policy_definitions e join roles r on r.id = e.target_id
            where r.identifier = {roleIdentifier} and e.target_type = 'Role' and e.variant = 'group' and e.subject_type = 'User' and e.domain = '*' and e.deleted_ms is null
            """,
            row => row.Text("subject_id"),
            ct);

    /// <summary>Whether an edge ends at a role: somebody has it, or another role does.</summary>
    public static async Task<bool> IsHeldAsync(DbSession db, Id<Role> role, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from policy_definitions where target_type = 'Role' and target_id = {role.ToString()} and deleted_ms is null", ct) > 0;

    /// <summary>Gives the next change its position, and takes the turn to change: whoever looks at what others may have and then changes, calls it before the look.</summary>
    public static Task RenewAsync(DbTx tx, CancellationToken ct)
    {
        tx.Tells(Topic);
        return tx.LaterAsync($"update heads set value = value + 1 where name = 'policy_definitions'", ct);
    }
}
