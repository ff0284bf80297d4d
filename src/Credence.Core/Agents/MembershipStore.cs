using Credence.Organizations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>Memberships in the database.</summary>
public static class MembershipStore
{
    /// <summary>Where an agent is a member, or null.</summary>
    public static Task<Membership?> FindAsync(DbSession db, Id<Agent> agent, CancellationToken ct) =>
        db.FirstAsync($"select {Membership.Columns} from memberships where agent_id = {agent}", Membership.Read, ct);

    /// <summary>Whether an agent manages an organization.</summary>
    public static async Task<bool> IsAdminAsync(DbSession db, Id<Organization> organization, Id<Agent> agent, CancellationToken ct) =>
        await FindAsync(db, agent, ct) is { Role: MemberRole.Admin } found && found.Organization == organization;

    /// <summary>A page of an organization's members, the first to join first.</summary>
    public static Task<List<Membership>> ListAsync(DbSession db, Id<Organization> organization, MemberRole? role, long skip, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select {Membership.Columns} from memberships where organization_id = {organization} {Only(role)} order by joined_ms, agent_id limit {most} offset {skip}",
            Membership.Read, ct);

    /// <summary>How many members an organization has.</summary>
    public static Task<long> CountAsync(DbSession db, Id<Organization> organization, MemberRole? role, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from memberships where organization_id = {organization} {Only(role)}", ct);

    /// <summary>Removes one.</summary>
    internal static Task RemoveAsync(DbTx tx, Id<Agent> agent, CancellationToken ct) => tx.LaterAsync($"delete from memberships where agent_id = {agent}", ct);

    private static Sql Only(MemberRole? role) => role is { } only ? (Sql)$"and role = {only}" : Sql.None;

    /// <summary>Adds one; of an agent that is a member already, changes where and as what.</summary>
    public static Task AddAsync(DbTx tx, Membership membership, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into memberships (agent_id, organization_id, role, joined_ms)
            values ({membership.Agent}, {membership.Organization}, {membership.Role}, {membership.JoinedAt})
            on conflict (agent_id) do update set organization_id = excluded.organization_id, role = excluded.role, joined_ms = excluded.joined_ms
            """,
            ct);
}
