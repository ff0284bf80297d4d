using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>Policies in the database.</summary>
public static class PolicyStore
{
    /// <summary>An organization's policy, or null.</summary>
    public static Task<Policy?> FindAsync(DbSession db, Id<Organization> organization, Id<Policy> id, CancellationToken ct) =>
        db.FirstAsync($"select {Policy.Columns} from policies where id = {id} and organization_id = {organization}", Policy.Read, ct);

    /// <summary>An organization's policies in the order they are looked at: by priority, the highest first, then by age.</summary>
    public static Task<List<Policy>> ListAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.ListAsync($"select {Policy.Columns} from policies where organization_id = {organization} order by priority desc, created_ms, id", Policy.Read, ct);

    /// <summary>How many an organization has.</summary>
    public static Task<long> CountAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from policies where organization_id = {organization}", ct);

    /// <summary>
    /// Gives the organization's set of rules a new version, by which every node knows that what it has in memory is old. Call it before the change, in
    /// the same transaction: it holds the organization's row, so that changes to one set come one after the other.
    /// </summary>
    public static Task RenewSetAsync(DbTx tx, Id<Organization> organization, CancellationToken ct) =>
        tx.LaterAsync($"update organizations set policy_version = policy_version + 1 where id = {organization}", ct);

    /// <summary>Adds one.</summary>
    public static Task AddAsync(DbTx tx, Policy policy, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into policies (id, organization_id, name, effect, priority, agent_id, principal_id, scopes, time_of_day_start, time_of_day_end,
                time_zone, days_of_week, created_ms, updated_ms)
            values ({policy.Id}, {policy.Organization}, {policy.Name}, {policy.Effect}, {policy.Priority}, {policy.Terms.Agent}, {policy.Terms.Principal},
                {policy.Terms.Scopes}, {policy.Terms.Start}, {policy.Terms.End}, {policy.Terms.TimeZone}, {Days(policy)}, {policy.CreatedAt}, {policy.UpdatedAt})
            """,
            ct);

    /// <summary>Writes what may change about one.</summary>
    public static Task SaveAsync(DbTx tx, Policy policy, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update policies set name = {policy.Name}, effect = {policy.Effect}, priority = {policy.Priority}, agent_id = {policy.Terms.Agent},
                principal_id = {policy.Terms.Principal}, scopes = {policy.Terms.Scopes}, time_of_day_start = {policy.Terms.Start},
                time_of_day_end = {policy.Terms.End}, time_zone = {policy.Terms.TimeZone}, days_of_week = {Days(policy)}, updated_ms = {policy.UpdatedAt}
            where id = {policy.Id}
            """,
            ct);

    /// <summary>Deletes one.</summary>
    /// <returns>False when there is none: of any number who delete it, one is told true.</returns>
    public static async Task<bool> DeleteAsync(DbTx tx, Id<Organization> organization, Id<Policy> id, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from policies where id = {id} and organization_id = {organization}", ct) == 1;

    private static List<string>? Days(Policy policy) => policy.Terms.Days?.Select(day => Words.Of(day)).ToList();
}
