namespace Credence.Agents;

/// <summary>What holds for every agent.</summary>
public sealed class AgentOptions
{
    /// <summary><c>GRANT_MAX_LIFETIME</c>: no token given to an agent lives longer; marks about an agent are kept as long.</summary>
    public TimeSpan LongestToken { get; set; } = TimeSpan.FromDays(366);
}
