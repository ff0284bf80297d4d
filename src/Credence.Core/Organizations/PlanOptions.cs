namespace Credence.Organizations;

/// <summary>What each plan may have (contract grantex 3.1, 3.3); every number is a setting.</summary>
public sealed class PlanOptions
{
    /// <summary>The free plan: <c>PLAN_FREE_…</c>.</summary>
    public PlanLimits Free { get; set; } = new() { RequestsPerMinute = 100, Agents = 500, ActiveGrants = 1_000, AuditEntries = 20_000, Policies = 50, Webhooks = 30 };

    /// <summary>The pro plan: <c>PLAN_PRO_…</c>.</summary>
    public PlanLimits Pro { get; set; } = new() { RequestsPerMinute = 500, Agents = 5_000, ActiveGrants = 50_000, AuditEntries = 1_000_000, Policies = 500, Webhooks = 200 };

    /// <summary>The enterprise plan: <c>PLAN_ENTERPRISE_…</c>.</summary>
    public PlanLimits Enterprise { get; set; } = new() { RequestsPerMinute = 2_000 };

    /// <summary>The limits of <paramref name="plan"/>.</summary>
    public PlanLimits For(Plan plan) => plan switch
    {
        Plan.Free => Free,
        Plan.Pro => Pro,
        _ => Enterprise,
    };
}

/// <summary>One plan's limits; null means none.</summary>
public sealed class PlanLimits
{
    /// <summary>Requests a minute, over all routes and keys of the organization.</summary>
    public int RequestsPerMinute { get; set; }

    /// <summary>Agents that are not deleted.</summary>
    public int? Agents { get; set; }

    /// <summary>Grants that are active and not expired.</summary>
    public int? ActiveGrants { get; set; }

    /// <summary>Entries ever logged.</summary>
    public int? AuditEntries { get; set; }

    /// <summary>Rules about consent.</summary>
    public int? Policies { get; set; }

    /// <summary>Webhooks.</summary>
    public int? Webhooks { get; set; }
}
