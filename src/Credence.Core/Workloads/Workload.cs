using Credence.Issuers;

namespace Credence.Workloads;

/// <summary>What a provider's token says of a job.</summary>
/// <param name="Repository">Owner and name of the repository.</param>
/// <param name="Ref">The branch, tag or pull request it runs for: <c>refs/heads/main</c>.</param>
/// <param name="OwnerId">The provider's number for the account that owns the repository.</param>
public sealed record Workload(string Repository, string Ref, string OwnerId)
{
    /// <summary>Reads the claims of a token that was found good.</summary>
    /// <returns>Null when one is missing.</returns>
    public static Workload? Read(ForeignToken token) =>
        (token.Text("repository"), token.Text("ref"), token.Text("repository_owner_id")) is ({ Length: > 0 } repository, { Length: > 0 } branch, { Length: > 0 } owner)
            ? new Workload(repository, branch, owner)
            : null;
}
