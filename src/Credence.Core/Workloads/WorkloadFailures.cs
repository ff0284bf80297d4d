namespace Credence.Workloads;

/// <summary>What this room refuses.</summary>
public static class WorkloadFailures
{
    /// <summary>There is no such policy in this organization.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such trust policy.");

    /// <summary>The same repository and branch act as the same agent already.</summary>
    public static readonly Failure AlreadyThere = new(FailureKind.Conflict, "TRUST_POLICY_ALREADY_EXISTS", "The agent has a policy for this repository and branch already.");

    /// <summary>The token is not the provider's, not for this server, too old, or was used before; which of these is not said.</summary>
    public static readonly Failure TokenInvalid = new(FailureKind.Unauthorized, "UNAUTHORIZED", "The workload token is not valid.");

    /// <summary>No policy lets this job act as an active agent.</summary>
    public static readonly Failure NotTrusted = new(FailureKind.Forbidden, "FORBIDDEN", "No trust policy admits this workload.") { Reason = "not_trusted" };

    /// <summary>Policies let this job act as several agents, and it did not say as which.</summary>
    public static readonly Failure Ambiguous = new(FailureKind.Forbidden, "FORBIDDEN", "Several agents trust this workload: name one in agentId.") { Reason = "ambiguous" };
}
