using Credence.Organizations;

namespace Credence.Usage;

/// <summary>What a tier limits.</summary>
public enum TierLimit
{
    /// <summary>Calls of an organization in a day.</summary>
    ApiCalls,

    /// <summary>Tokens of an organization in a day.</summary>
    TokenIssuances,

    /// <summary>Tokens of an agent in a month.</summary>
    MonthlyTokens,
}

/// <summary>That a limit of the organization's tier is reached (contract agent-idp A.6 26); nothing was counted.</summary>
/// <param name="Limit">Which.</param>
/// <param name="Most">How many it allows.</param>
/// <param name="Tier">The tier.</param>
/// <param name="ResetsAt">When counting begins anew.</param>
public sealed record TierRefusal(TierLimit Limit, int Most, Plan Tier, DateTimeOffset ResetsAt);
