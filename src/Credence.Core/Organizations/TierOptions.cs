namespace Credence.Organizations;

/// <summary>What each plan allows at the agents door, where plans are called tiers (contract agent-idp B.1, C.10); every number is a setting, <c>TIER_{plan}_…</c>.</summary>
public sealed class TierOptions
{
    /// <summary>The free plan.</summary>
    public TierLimits Free { get; set; } = new(Agents: 10, TokensPerMonth: 10_000);

    /// <summary>The pro plan.</summary>
    public TierLimits Pro { get; set; } = new(Agents: 100, TokensPerMonth: null);

    /// <summary>The enterprise plan.</summary>
    public TierLimits Enterprise { get; set; } = new(Agents: null, TokensPerMonth: null);

    /// <summary>The limits of <paramref name="plan"/>.</summary>
    public TierLimits For(Plan plan) => plan switch
    {
        Plan.Free => Free,
        Plan.Pro => Pro,
        _ => Enterprise,
    };
}

/// <summary>One tier's limits; null means none.</summary>
/// <param name="Agents">Agents that are not decommissioned, whichever door made them.</param>
/// <param name="TokensPerMonth">Tokens a calendar month for each agent.</param>
public sealed record TierLimits(int? Agents, int? TokensPerMonth);
