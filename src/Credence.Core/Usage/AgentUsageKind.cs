namespace Credence.Usage;

/// <summary>What is counted of an agent at the agents door (contract agent-idp B.12, <c>metric_type</c>). The numbers lie in journals: never renumber.</summary>
public enum AgentUsageKind : byte
{
    /// <summary>A call that was admitted.</summary>
    ApiCall = 1,

    /// <summary>A token it got.</summary>
    TokenIssued = 2,

    /// <summary>It was registered.</summary>
    AgentRegistered = 3,
}
