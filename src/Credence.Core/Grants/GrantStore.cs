using System.Runtime.CompilerServices;
using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Grants;

/// <summary>Grants in the database.</summary>
public static class GrantStore
{
    private const int PageLength = 1_000;

    /// <summary>An organization's grant, or null.</summary>
    public static Task<Grant?> FindAsync(DbSession db, Id<Organization> organization, Id<Grant> id, CancellationToken ct) =>
        db.FirstAsync($"select {Grant.Columns} from grants where id = {id} and organization_id = {organization}", Grant.Read, ct);

    /// <summary>An organization's grants that match the filters, newest first; <paramref name="before"/> and <paramref name="most"/> page through them.</summary>
    public static Task<List<Grant>> ListAsync(DbSession db, Id<Organization> organization, GrantFilter filter, Keyset? before, int? most, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Grant.Columns} from grants where organization_id = {organization} {filter.ToSql()} {Keyset.After(before, "issued_ms")}
            order by issued_ms desc, id desc {Keyset.Limit(most)}
            """,
            Grant.Read, ct);

    /// <summary>All that match, newest first, however many: read a page at a time, with no connection held in between. Grants that are given meanwhile are not among them.</summary>
    public static async IAsyncEnumerable<Grant> AllAsync(DbSession db, Id<Organization> organization, GrantFilter filter, [EnumeratorCancellation] CancellationToken ct)
    {
        Keyset? before = null;
        while (true)
        {
            var page = await ListAsync(db, organization, filter, before, PageLength, ct);
            foreach (var grant in page) yield return grant;
            if (page.Count < PageLength) yield break;
            before = new Keyset(page[^1].IssuedAt, page[^1].Id.ToString());
        }
    }

    /// <summary>How many of an organization's grants give authority at <paramref name="now"/>, and how many no longer do.</summary>
    public static async Task<GrantCounts> CountAsync(DbSession db, Id<Organization> organization, GrantFilter filter, DateTimeOffset now, CancellationToken ct) =>
        (await db.FirstAsync(
            $"""
            select count(*) as total,
                count(case when status = 'active' and pauses = 0 and expires_ms > {now} then 1 end) as active,
                count(case when status = 'revoked' then 1 end) as revoked,
                count(case when status = 'active' and expires_ms <= {now} then 1 end) as expired
            from grants where organization_id = {organization} {filter.ToSql()}
            """,
            row => new GrantCounts(row.Long("total"), row.Long("active"), row.Long("revoked"), row.Long("expired")), ct))!;

    /// <summary>Adds one.</summary>
    public static Task AddAsync(DbTx tx, Grant grant, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into grants (id, organization_id, agent_id, principal_id, scopes, audience, status, consent_proof, parent_id, parent_agent_id,
                root_id, depth, issued_ms, expires_ms)
            values ({grant.Id}, {grant.Organization}, {grant.Agent}, {grant.Principal}, {grant.Scopes}, {grant.Audience}, {grant.Status}, {grant.Proof},
                {grant.ParentId}, {grant.ParentAgent}, {grant.RootId}, {grant.Depth}, {grant.IssuedAt}, {grant.ExpiresAt})
            """,
            ct);

    /// <summary>Reads a grant and holds its delegation tree: until <paramref name="tx"/> ends, nobody else grows or ends it.</summary>
    public static async Task<Grant?> HoldTreeAsync(DbTx tx, Id<Organization> organization, Id<Grant> id, CancellationToken ct)
    {
        await tx.ExecuteAsync(
            $"update grants set root_id = root_id where id = (select root_id from grants where id = {id} and organization_id = {organization})", ct);
        return await FindAsync(tx, organization, id, ct);
    }

    /// <summary>Reads a grant and keeps it as it is until <paramref name="tx"/> ends: who ends it waits.</summary>
    public static Task<Grant?> PinAsync(DbTx tx, Id<Grant> id, CancellationToken ct) =>
        tx.FirstAsync($"select {Grant.Columns} from grants where id = {id} {tx.ForShare}", Grant.Read, ct);

    /// <summary>Revokes a grant and everything delegated from it, in one statement.</summary>
    /// <returns>The grants this call revoked; none when all were revoked already.</returns>
    public static Task<List<Grant>> RevokeTreeAsync(DbTx tx, Id<Grant> top, string by, DateTimeOffset now, CancellationToken ct) =>
        tx.ListAsync(
            $"""
            with recursive tree as (
                select id from grants where id = {top}
                union all
                select g.id from grants g join tree t on g.parent_id = t.id
            )
            update grants set status = 'revoked', revoked_ms = {now}, revoked_by = {by}
            where id in (select id from tree) and status = 'active'
            returning {Grant.Columns}
            """,
            Grant.Read, ct);

    /// <summary>Pauses a grant, which the caller holds with its tree, and with it everything delegated from it.</summary>
    /// <returns>The grants that stopped counting with this; none when it was paused, or is not live.</returns>
    public static async Task<List<Grant>> PauseTreeAsync(DbTx tx, Id<Grant> top, DateTimeOffset now, CancellationToken ct)
    {
        var paused = await tx.ExecuteAsync(
            $"update grants set paused_ms = {now} where id = {top} and status = 'active' and paused_ms is null and expires_ms > {now}", ct);
        return paused == 0 ? [] : [.. (await CountPauseAsync(tx, top, $"+ 1", ct)).Where(grant => grant.Pauses == 1)];
    }

    /// <summary>Takes the pause of a grant back, which the caller holds with its tree.</summary>
    /// <returns>The grants that count again with this: not those that are paused themselves, or with another above them.</returns>
    public static async Task<List<Grant>> ResumeTreeAsync(DbTx tx, Id<Grant> top, CancellationToken ct)
    {
        var resumed = await tx.ExecuteAsync($"update grants set paused_ms = null where id = {top} and status = 'active' and paused_ms is not null", ct);
        return resumed == 0 ? [] : [.. (await CountPauseAsync(tx, top, $"- 1", ct)).Where(grant => grant.Pauses == 0)];
    }

    private static Task<List<Grant>> CountPauseAsync(DbTx tx, Id<Grant> top, Sql change, CancellationToken ct) =>
        tx.ListAsync(
            $"""
            with recursive tree as (
                select id from grants where id = {top}
                union all
                select g.id from grants g join tree t on g.parent_id = t.id
            )
            update grants set pauses = pauses {change} where id in (select id from tree) and status = 'active'
            returning {Grant.Columns}
            """,
            Grant.Read, ct);

    /// <summary>The roots of the trees in which agents hold an active grant, in an order every caller takes them in.</summary>
    public static Task<List<Grant>> HeldByAsync(DbSession db, Id<Organization> organization, IEnumerable<Id<Agent>> agents, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Grant.Columns} from grants where agent_id in {Sql.List(agents)} and organization_id = {organization} and status = 'active'
            order by root_id, depth
            """,
            Grant.Read, ct);

    /// <summary>How many grants give authority at <paramref name="now"/>, over all organizations.</summary>
    public static Task<long> CountActiveAsync(DbSession db, DateTimeOffset now, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from grants where status = 'active' and pauses = 0 and expires_ms > {now}", ct);
}

/// <summary>Which grants to list; null lets any through. A value nothing can equal lists nothing.</summary>
/// <param name="Agent">Held by this agent, as the caller wrote it.</param>
/// <param name="Principal">Given by this person.</param>
/// <param name="Status">With this status, or paused, as the caller wrote it.</param>
public sealed record GrantFilter(string? Agent, string? Principal, string? Status)
{
    /// <summary>Not over by itself at this time; null lets any through.</summary>
    public DateTimeOffset? NotExpiredAt { get; init; }

    /// <summary>Whether the active ones are those that are paused too: for whoever may take them back.</summary>
    public bool PausedToo { get; init; }

    /// <summary>Given at this time or later.</summary>
    public DateTimeOffset? IssuedFrom { get; init; }

    /// <summary>Given at this time or before.</summary>
    public DateTimeOffset? IssuedUntil { get; init; }

    internal Sql ToSql()
    {
        var conditions = Sql.None;
        if (Agent is not null) conditions.AppendFormatted<Sql>($" and agent_id = {Agent}");
        if (Principal is not null) conditions.AppendFormatted<Sql>($" and principal_id = {Principal}");
        if (Status is not null) conditions.AppendFormatted(OfStatus(Status));
        if (NotExpiredAt is { } now) conditions.AppendFormatted<Sql>($" and expires_ms > {now}");
        if (IssuedFrom is { } from) conditions.AppendFormatted<Sql>($" and issued_ms >= {from}");
        if (IssuedUntil is { } until) conditions.AppendFormatted<Sql>($" and issued_ms <= {until}");
        return conditions;
    }

    private Sql OfStatus(string status) => status switch
    {
        Grant.PausedWord => $" and status = 'active' and pauses > 0",
        "active" when !PausedToo => $" and status = 'active' and pauses = 0",
        _ => $" and status = {status}",
    };
}

/// <summary>How many grants give authority, and how many no longer do (contract grantex-enterprise 2).</summary>
/// <param name="Total">All, the paused ones too, which are none of the others.</param>
/// <param name="Active">Those that give authority: not taken back, paused or over.</param>
/// <param name="Revoked">Taken back.</param>
/// <param name="Expired">Over by themselves.</param>
public sealed record GrantCounts(long Total, long Active, long Revoked, long Expired)
{
    /// <summary>None.</summary>
    public static readonly GrantCounts None = new(0, 0, 0, 0);

    /// <summary>These and one more.</summary>
    public GrantCounts And(Grant grant, DateTimeOffset now) => new(
        Total + 1,
        Active + (grant.IsLive(now) ? 1 : 0),
        Revoked + (grant.Status == GrantStatus.Revoked ? 1 : 0),
        Expired + (grant.Status == GrantStatus.Active && grant.ExpiresAt <= now ? 1 : 0));
}
