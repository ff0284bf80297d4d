namespace Credence.Agents;

/// <summary>What this room refuses.</summary>
public static class AgentFailures
{
    /// <summary>There is no such agent in this organization, or it is not active where it must be.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such agent");
}
