using Credence.Agents;
using Credence.Storage;

namespace Credence.Delegations;

/// <summary>Delegations in the database.</summary>
public static class DelegationStore
{
    /// <summary>Any organization's delegation, or null.</summary>
    public static Task<Delegation?> FindAsync(DbSession db, Id<Delegation> id, CancellationToken ct) =>
        db.FirstAsync($"select {Delegation.Columns} from delegations where id = {id}", Delegation.Read, ct);

    /// <summary>Reads a delegation and holds its whole chain: until <paramref name="tx"/> ends, nobody else continues or ends it.</summary>
    public static async Task<Delegation?> HoldTreeAsync(DbTx tx, Id<Delegation> id, CancellationToken ct)
    {
        await tx.ExecuteAsync($"update delegations set root_id = root_id where id = (select root_id from delegations where id = {id})", ct);
        return await FindAsync(tx, id, ct);
    }

    /// <summary>One page of what an agent gave or received, newest first.</summary>
    public static Task<List<Delegation>> ListAsync(DbSession db, DelegationFilter filter, int most, long skip, CancellationToken ct) =>
        db.ListAsync($"select {Delegation.Columns} from delegations where {filter.ToSql()} order by id desc limit {most} offset {skip}", Delegation.Read, ct);

    /// <summary>How many an agent gave or received.</summary>
    public static Task<long> CountAsync(DbSession db, DelegationFilter filter, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from delegations where {filter.ToSql()}", ct);

    /// <summary>Adds one.</summary>
    public static Task AddAsync(DbTx tx, Delegation delegation, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into delegations (id, organization_id, parties, delegator_id, delegatee_id, scopes, parent_id, root_id, issued_ms, expires_ms)
            values ({delegation.Id}, {delegation.Organization}, {Texts(delegation.Parties)}, {delegation.Delegator}, {delegation.Delegatee},
                {delegation.Scopes}, {delegation.ParentId}, {delegation.RootId}, {delegation.IssuedAt}, {delegation.ExpiresAt})
            """,
            ct);

    /// <summary>Revokes a delegation and everything that continues it, in one statement.</summary>
    /// <returns>Those this call revoked; none when all were revoked already.</returns>
    public static Task<List<Delegation>> RevokeTreeAsync(DbTx tx, Id<Delegation> top, string by, DateTimeOffset now, CancellationToken ct) =>
        tx.ListAsync(
            $"""
            with recursive tree as (
                select id from delegations where id = {top}
                union all
                select d.id from delegations d join tree t on d.parent_id = t.id
            )
            update delegations set revoked_ms = {now}, revoked_by = {by}
            where id in (select id from tree) and revoked_ms is null
            returning {Delegation.Columns}
            """,
            Delegation.Read, ct);

    /// <summary>The live delegations that an agent gave or received, in an order in which every caller takes their chains.</summary>
    public static Task<List<Delegation>> WithAsync(DbSession db, Id<Agent> agent, DateTimeOffset now, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Delegation.Columns} from delegations where delegator_id = {agent} and revoked_ms is null and expires_ms > {now}
            union
            select {Delegation.Columns} from delegations where delegatee_id = {agent} and revoked_ms is null and expires_ms > {now}
            order by root_id, id
            """,
            Delegation.Read, ct);

    private static string[] Texts(IReadOnlyList<Id<Agent>> agents) => [.. agents.Select(agent => agent.ToString())];
}

/// <summary>Which of an agent's delegations to list.</summary>
/// <param name="Agent">The agent.</param>
/// <param name="Received">Those it received, in place of those it gave.</param>
/// <param name="Live">Only those that are live, or only those that are not; null lets both through.</param>
/// <param name="Now">The time to judge by.</param>
public sealed record DelegationFilter(Id<Agent> Agent, bool Received, bool? Live, DateTimeOffset Now)
{
    internal Sql ToSql()
    {
        var conditions = Received ? Sql.Of($"delegatee_id = {Agent}") : Sql.Of($"delegator_id = {Agent}");
        if (Live == true) conditions.AppendFormatted<Sql>($" and revoked_ms is null and expires_ms > {Now}");
        if (Live == false) conditions.AppendFormatted<Sql>($" and (revoked_ms is not null or expires_ms <= {Now})");
        return conditions;
    }
}
