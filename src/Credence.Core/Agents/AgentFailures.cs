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

    /// <summary>It belongs to another organization, or has a history where it is.</summary>
    public static readonly Failure MemberElsewhere = new(FailureKind.Conflict, "MEMBER_ELSEWHERE", "The agent is a member of another organization.");

    /// <summary>Without this member nobody could manage the organization.</summary>
    public static readonly Failure LastAdmin = new(FailureKind.Conflict, "LAST_ADMIN", "This is the organization's last admin.");

    /// <summary>Only an admin of the organization, or <c>admin:orgs</c>, may do this.</summary>
    public static readonly Failure NotAdmin = new(FailureKind.Forbidden, "FORBIDDEN", "Only an admin of the organization, or admin:orgs, may do this.");

    /// <summary>A new agent would be allowed more than the caller's token allows.</summary>
    public static readonly Failure ScopesBeyond = new(FailureKind.Forbidden, "FORBIDDEN", "scopes must be among those of the token that registers the agent.");

    /// <summary>Only the agent itself, or who manages it, may do this.</summary>
    public static readonly Failure NotOwn = new(FailureKind.Forbidden, "FORBIDDEN", "Only the agent itself, an admin of its organization, or admin:orgs may do this.");
}
