namespace Credence.Workloads;

/// <summary>Whose word for CI jobs is taken.</summary>
public sealed class WorkloadOptions
{
    /// <summary><c>GITHUB_OIDC_ISSUER</c>: the <c>iss</c> of the jobs' tokens; its keys are at <c>/.well-known/jwks</c> below it.</summary>
    public string GithubIssuer { get; set; } = "https://token.actions.githubusercontent.com";
}
