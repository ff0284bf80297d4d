using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Workloads;

/// <summary>Trust policies in the database.</summary>
public static class TrustPolicyStore
{
    /// <summary>One page of an organization's policies, newest first; with <paramref name="agent"/>, only that agent's.</summary>
    public static Task<List<TrustPolicy>> ListAsync(DbSession db, Id<Organization> organization, Id<Agent>? agent, int most, long skip, CancellationToken ct) =>
        db.ListAsync(
            $"select {TrustPolicy.Columns} from trust_policies {Where(organization, agent)} order by id desc limit {most} offset {skip}", TrustPolicy.Read, ct);

    /// <summary>How many there are.</summary>
    public static Task<long> CountAsync(DbSession db, Id<Organization> organization, Id<Agent>? agent, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from trust_policies {Where(organization, agent)}", ct);

    /// <summary>Every organization's policies for a repository.</summary>
    public static Task<List<TrustPolicy>> ForAsync(DbSession db, WorkloadProvider provider, string repository, CancellationToken ct) =>
        db.ListAsync(
            $"select {TrustPolicy.Columns} from trust_policies where provider = {provider} and repository_key = {repository.ToLowerInvariant()} order by id",
            TrustPolicy.Read, ct);

    /// <summary>Adds one.</summary>
    /// <returns>False when the same is there already.</returns>
    public static async Task<bool> AddAsync(DbTx tx, TrustPolicy policy, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into trust_policies (id, organization_id, agent_id, provider, repository, repository_key, branch, created_ms, updated_ms)
            values ({policy.Id}, {policy.Organization}, {policy.Agent}, {policy.Provider}, {policy.Repository}, {policy.Repository.ToLowerInvariant()},
                {policy.Branch ?? ""}, {policy.CreatedAt}, {policy.UpdatedAt})
            on conflict do nothing
            """,
            ct) == 1;

    /// <summary>Deletes an organization's policy.</summary>
    /// <returns>The policy, or null when there is none.</returns>
    public static Task<TrustPolicy?> DeleteAsync(DbTx tx, Id<Organization> organization, Id<TrustPolicy> id, CancellationToken ct) =>
        tx.FirstAsync($"delete from trust_policies where id = {id} and organization_id = {organization} returning {TrustPolicy.Columns}", TrustPolicy.Read, ct);

    /// <summary>Notes who owns the repository, at a policy's first use.</summary>
    /// <returns>False when somebody else is noted, or the policy is gone.</returns>
    public static async Task<bool> PinOwnerAsync(DbTx tx, Id<TrustPolicy> id, string owner, CancellationToken ct) =>
        await tx.ExecuteAsync($"update trust_policies set owner_id = {owner} where id = {id} and (owner_id is null or owner_id = {owner})", ct) == 1;

    private static Sql Where(Id<Organization> organization, Id<Agent>? agent)
    {
        var conditions = Sql.Of($"where organization_id = {organization}");
        if (agent is { } only) conditions.AppendFormatted<Sql>($" and agent_id = {only}");
        return conditions;
    }
}
