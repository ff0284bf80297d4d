namespace Credence.Agents;

/// <summary>What this room refuses.</summary>
public static class AgentFailures
{
    /// <summary>There is no such agent in this organization, or it is not active where it must be.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such agent");

    /// <summary>The same in the words of the agents door (contract agent-idp B.3).</summary>
    public static readonly Failure Unknown = new(FailureKind.NotFound, "AGENT_NOT_FOUND", "There is no such agent.");

    /// <summary>Another agent has the address; which organization's is not said.</summary>
    public static readonly Failure EmailTaken = new(FailureKind.Conflict, "AGENT_ALREADY_EXISTS", "An agent with this email exists already.");

    /// <summary>It is gone for good.</summary>
    public static readonly Failure Decommissioned = new(FailureKind.Conflict, "AGENT_DECOMMISSIONED", "The agent is decommissioned.");

    /// <summary>It is stopped for now.</summary>
    public static readonly Failure Suspended = new(FailureKind.Conflict, "AGENT_SUSPENDED", "The agent is suspended.");

    /// <summary>Only the agent itself, or who manages it, may do this.</summary>
    public static readonly Failure NotOwn = new(FailureKind.Forbidden, "FORBIDDEN", "Only the agent itself, an admin of its organization, or admin:orgs may do this.");
}
