namespace Credence.Policies;

/// <summary>What this room refuses.</summary>
public static class PolicyFailures
{
    /// <summary>There is no such policy in this organization.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such policy");

    /// <summary>A rule, or the external engine, says no; which one is in the audit log.</summary>
    public static readonly Failure Denied = new(FailureKind.Forbidden, "POLICY_DENIED", "Authorization denied by policy");
}
