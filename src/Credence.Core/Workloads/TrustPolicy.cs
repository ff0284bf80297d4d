using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Workloads;

/// <summary>An organization lets the jobs of a repository act as one of its agents, without a secret (contract agent-idp B.11).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose policy it is.</param>
/// <param name="Agent">Whom the jobs act as.</param>
/// <param name="Provider">Who runs the jobs and signs for them.</param>
/// <param name="Repository">Owner and name, as the policy's author spelled them.</param>
/// <param name="Branch">The only branch whose jobs count, or null for any.</param>
/// <param name="OwnerId">The provider's number for the account that owned the repository at the first use: a name can pass to somebody else. Null until then.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record TrustPolicy(
    Id<TrustPolicy> Id,
    Id<Organization> Organization,
    Id<Agent> Agent,
    WorkloadProvider Provider,
    string Repository,
    string? Branch,
    string? OwnerId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "wtp_";

    /// <summary>Whether it lets in what <paramref name="workload"/> says, as far as its own text goes.</summary>
    public bool Admits(Workload workload) =>
        string.Equals(Repository, workload.Repository, StringComparison.OrdinalIgnoreCase)
        && (Branch is null || workload.Ref == $"refs/heads/{Branch}")
        && (OwnerId is null || OwnerId == workload.OwnerId);

    internal static Sql Columns { get; } = Sql.Of($"id, organization_id, agent_id, provider, repository, branch, owner_id, created_ms, updated_ms");

    internal static TrustPolicy Read(Row row) => new(
        row.Id<TrustPolicy>("id"),
        row.Id<Organization>("organization_id"),
        row.Id<Agent>("agent_id"),
        row.Word<WorkloadProvider>("provider"),
        row.Text("repository"),
        row.Text("branch") is { Length: > 0 } branch ? branch : null,
        row.TextOrNull("owner_id"),
        row.Time("created_ms"),
        row.Time("updated_ms"));
}

/// <summary>Who runs workloads and signs for them.</summary>
public enum WorkloadProvider
{
    /// <summary>GitHub Actions, or what signs in its shape.</summary>
    Github,
}
