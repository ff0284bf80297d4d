namespace Credence.Organizations;

/// <summary>What each plan allows at the agents door, where plans are called tiers (contract agent-idp B.1, C.10); every number is a setting, <c>TIER_{plan}_…</c>.</summary>
public sealed class TierOptions
{
    /// <summary>The free plan.</summary>
    public TierLimits Free { get; set; } = new(Agents: 10, TokensPerMonth: 10_000, CallsPerDay: 1_000, TokensPerDay: 1_000, AuditDays: 90, Webhooks: 20);

    /// <summary>The pro plan.</summary>
    public TierLimits Pro { get; set; } = new(Agents: 100, TokensPerMonth: null, CallsPerDay: 50_000, TokensPerDay: 50_000, AuditDays: null, Webhooks: 20);

    /// <summary>The enterprise plan.</summary>
    public TierLimits Enterprise { get; set; } = new(Agents: null, TokensPerMonth: null, CallsPerDay: null, TokensPerDay: null, AuditDays: null, Webhooks: 20);

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
/// <param name="CallsPerDay">Calls of all its agents from midnight to midnight, UTC.</param>
/// <param name="TokensPerDay">Tokens of all its agents from midnight to midnight, UTC.</param>
/// <param name="AuditDays">How many days back the audit log is shown.</param>
/// <param name="Webhooks">Webhooks, whichever door made them.</param>
public sealed record TierLimits(int? Agents, int? TokensPerMonth, int? CallsPerDay, int? TokensPerDay, int? AuditDays, int? Webhooks);
