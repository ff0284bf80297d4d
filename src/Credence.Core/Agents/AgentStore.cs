using Credence.Organizations;
using Credence.Storage;

namespace Credence.Agents;

/// <summary>Agents in the database. A decommissioned agent is not found here, except by <see cref="EverAsync"/>.</summary>
public static class AgentStore
{
    /// <summary>An organization's agent, or null.</summary>
    public static Task<Agent?> FindAsync(DbSession db, Id<Organization> organization, Id<Agent> id, CancellationToken ct) =>
        db.FirstAsync($"select {Agent.Columns} from agents where id = {id} and organization_id = {organization} and status <> 'decommissioned'", Agent.Read, ct);

    /// <summary>Any organization's agent, or null: for what is public about it.</summary>
    public static Task<Agent?> FindAnyAsync(DbSession db, Id<Agent> id, CancellationToken ct) =>
        db.FirstAsync($"select {Agent.Columns} from agents where id = {id} and status <> 'decommissioned'", Agent.Read, ct);

    /// <summary>Reads an agent that must be active, and keeps it so until <paramref name="tx"/> ends: who stops it waits, and then sees what was done here.</summary>
    public static Task<Agent?> PinActiveAsync(DbTx tx, Id<Organization> organization, Id<Agent> id, CancellationToken ct) =>
        tx.FirstAsync(
            $"select {Agent.Columns} from agents where id = {id} and organization_id = {organization} and status = 'active' {tx.ForShare}", Agent.Read, ct);

    /// <summary>Reads an agent and holds its row for a change.</summary>
    public static Task<Agent?> HoldAsync(DbTx tx, Id<Organization> organization, Id<Agent> id, CancellationToken ct) =>
        tx.FirstAsync(
            $"update agents set status = status where id = {id} and organization_id = {organization} and status <> 'decommissioned' returning {Agent.Columns}",
            Agent.Read, ct);

    /// <summary>An organization's agents, newest first; <paramref name="before"/> and <paramref name="most"/> page through them.</summary>
    public static Task<List<Agent>> ListAsync(DbSession db, Id<Organization> organization, Keyset? before, int? most, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Agent.Columns} from agents where organization_id = {organization} and status <> 'decommissioned' {Keyset.After(before, "created_ms")}
            order by created_ms desc, id desc {Keyset.Limit(most)}
            """,
            Agent.Read, ct);

    /// <summary>A page of an organization's agents for the agents door, decommissioned ones included, newest first.</summary>
    public static Task<List<Agent>> ListAsync(DbSession db, Id<Organization> organization, AgentFilter filter, long skip, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select {Agent.Columns} from agents where {filter.ToSql(organization)} order by created_ms desc, id desc limit {most} offset {skip}", Agent.Read, ct);

    /// <summary>How many there are on all pages.</summary>
    public static Task<long> CountAsync(DbSession db, Id<Organization> organization, AgentFilter filter, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from agents where {filter.ToSql(organization)}", ct);

    /// <summary>Whether people ever granted an agent something: then it stays where it is.</summary>
    internal static async Task<bool> HasHistoryAsync(DbSession db, Id<Agent> id, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from (select 1 from grants where agent_id = {id} limit 1) t", ct) > 0;

    /// <summary>Gives an agent to another organization.</summary>
    internal static Task MoveAsync(DbTx tx, Id<Agent> id, Id<Organization> to, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync($"update agents set organization_id = {to}, updated_ms = {now} where id = {id}", ct);

    /// <summary>An organization's agents with these ids, decommissioned ones included: who dealt with them may still see their names.</summary>
    public static Task<List<Agent>> EverAsync(DbSession db, Id<Organization> organization, IEnumerable<Id<Agent>> ids, CancellationToken ct) =>
        db.ListAsync($"select {Agent.Columns} from agents where organization_id = {organization} and id in {Sql.List(ids)}", Agent.Read, ct);

    /// <summary>An organization's agent, decommissioned or not, or null.</summary>
    public static Task<Agent?> FindEverAsync(DbSession db, Id<Organization> organization, Id<Agent> id, CancellationToken ct) =>
        db.FirstAsync($"select {Agent.Columns} from agents where id = {id} and organization_id = {organization}", Agent.Read, ct);

    /// <summary>Any organization's agent, decommissioned or not, or null: for who runs the installation.</summary>
    public static Task<Agent?> FindAnyEverAsync(DbSession db, Id<Agent> id, CancellationToken ct) =>
        db.FirstAsync($"select {Agent.Columns} from agents where id = {id}", Agent.Read, ct);

    /// <summary>How many agents an organization has had, and how many of them work.</summary>
    public static async Task<AgentCounts> CountAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        (await db.FirstAsync(
            $"""
            select count(*) as total, count(case when status = 'active' then 1 end) as active, count(case when status = 'suspended' then 1 end) as suspended,
                count(case when status = 'decommissioned' then 1 end) as decommissioned
            from agents where organization_id = {organization}
            """,
            row => new AgentCounts(row.Long("total"), row.Long("active"), row.Long("suspended"), row.Long("decommissioned")), ct))!;

    /// <summary>Adds one, as a member of its organization, unless its e-mail address is taken.</summary>
    /// <returns>False when another agent has the address.</returns>
    public static async Task<bool> AddAsync(DbTx tx, Agent agent, MemberRole role, CancellationToken ct)
    {
        var profile = agent.Profile;
        var added = await tx.ExecuteAsync(
            $"""
            insert into agents (id, organization_id, name, description, scopes, redirect_uris, status, created_ms, updated_ms,
                email, email_key, agent_type, version, capabilities, owner, deployment_env, public_key, api_scopes)
            values ({agent.Id}, {agent.Organization}, {agent.Name}, {agent.Description}, {agent.Scopes}, {agent.RedirectUris}, {agent.Status},
                {agent.CreatedAt}, {agent.UpdatedAt}, {profile.Email}, {EmailKey(profile.Email)}, {profile.Type}, {profile.Version}, {profile.Capabilities},
                {profile.Owner}, {profile.Environment}, {profile.StoredKey}, {profile.Scopes})
            on conflict (email_key) do nothing
            """,
            ct);
        if (added == 1) await MembershipStore.AddAsync(tx, new Membership(agent.Organization, agent.Id, role, agent.CreatedAt), ct);
        return added == 1;
    }

    /// <summary>Writes what may change about one.</summary>
    public static Task SaveAsync(DbTx tx, Agent agent, CancellationToken ct)
    {
        var profile = agent.Profile;
        return tx.ExecuteAsync(
            $"""
            update agents set name = {agent.Name}, description = {agent.Description}, scopes = {agent.Scopes}, redirect_uris = {agent.RedirectUris},
                status = {agent.Status}, updated_ms = {agent.UpdatedAt}, agent_type = {profile.Type}, version = {profile.Version},
                capabilities = {profile.Capabilities}, owner = {profile.Owner}, deployment_env = {profile.Environment}, public_key = {profile.StoredKey},
                api_scopes = {profile.Scopes}
            where id = {agent.Id}
            """,
            ct);
    }

    /// <summary>The form of an e-mail address by which it is unique.</summary>
    internal static string? EmailKey(string? email) => email?.ToLowerInvariant();
}

/// <summary>How many agents there are in each state, and have been.</summary>
public sealed record AgentCounts(long Total, long Active, long Suspended, long Decommissioned);
