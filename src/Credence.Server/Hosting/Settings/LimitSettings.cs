namespace Credence.Server.Hosting.Settings;

/// <summary>How often and how much (design D14; contract grantex 3).</summary>
internal static class LimitSettings
{
    public static readonly Setting<bool> RateLimitsEnabled = new("RATE_LIMITS_ENABLED", Forms.Flag)
    {
        Form = "true or false",
        Default = "true",
        About = "Whether requests are counted against rate limits. `false` is for benches and bulk tests, and is refused in production.",
    };

    public static readonly Setting<int> AddressPerMinute = new("RATE_LIMIT_ADDRESS_PER_MINUTE", Forms.Number(1, 10_000_000))
    {
        Form = "calls a minute, from 1",
        Default = "5000",
        About = "How often one client address may call, where a route has no limit of its own.",
    };

    public static readonly Setting<int> AuthorizePerMinute = new("RATE_LIMIT_AUTHORIZE_PER_MINUTE", Forms.Number(1, 10_000_000))
    {
        Form = "calls a minute, from 1",
        Default = "10",
        About = "How often an organization may ask for consent, on any plan.",
    };

    public static readonly Setting<int> AgentCallsPerWindow = new("RATE_LIMIT_MAX_REQUESTS", Forms.Number(1, 10_000_000))
    {
        Form = "calls, from 1",
        Default = "100",
        About = "How often one agent may call at the agents door within RATE_LIMIT_WINDOW_MS.",
    };

    public static readonly Setting<int> AgentWindowMs = new("RATE_LIMIT_WINDOW_MS", Forms.Number(1_000, 3_600_000))
    {
        Form = "milliseconds, 1000 to 3600000",
        Default = "60000",
        About = "The sliding window in which an agent's calls are counted; also the `<window>` of its key in Redis. All nodes need the same.",
    };

    public static readonly Setting<bool> SharedRateLimits = new("REDIS_RATE_LIMIT_ENABLED", Forms.Flag)
    {
        Form = "true or false",
        Default = "true",
        About = "Whether the nodes count requests against rate limits together, in Redis. When false each process counts its own; the counters of days and months stay shared.",
    };

    public static readonly Setting<int> EventStreams = new("EVENT_STREAMS_PER_ORGANIZATION", Forms.Number(1, 1_000))
    {
        Form = "streams, 1 to 1000",
        Default = "5",
        About = "How many event streams an organization may have open on all nodes together: so many SSE streams, and as many WebSockets.",
    };

    public static readonly PlanSettings Free = PlanSettings.Of("FREE", "100", "500", "1000", "20000", "50", "30");

    public static readonly PlanSettings Pro = PlanSettings.Of("PRO", "500", "5000", "50000", "1000000", "500", "200");

    public static readonly PlanSettings Enterprise = PlanSettings.Of("ENTERPRISE", "2000", "unlimited", "unlimited", "unlimited", "unlimited", "unlimited");

    public static readonly TierSettings FreeTier = TierSettings.Of("FREE", "10", "10000", "1000", "1000", "90");

    public static readonly TierSettings ProTier = TierSettings.Of("PRO", "100", "unlimited", "50000", "50000", "unlimited");

    public static readonly TierSettings EnterpriseTier = TierSettings.Of("ENTERPRISE", "unlimited", "unlimited", "unlimited", "unlimited", "unlimited");

    public static readonly SettingGroup Group = new("Limits", [RateLimitsEnabled, AddressPerMinute, AuthorizePerMinute, AgentCallsPerWindow, AgentWindowMs, SharedRateLimits, EventStreams, .. Free.All, .. Pro.All, .. Enterprise.All, .. FreeTier.All, .. ProTier.All, .. EnterpriseTier.All]);
}

/// <summary>The limits of one plan.</summary>
internal sealed record PlanSettings(
    Setting<int> RequestsPerMinute, Setting<int?> Agents, Setting<int?> ActiveGrants, Setting<int?> AuditEntries, Setting<int?> Policies,
    Setting<int?> Webhooks)
{
    /// <summary>All of them.</summary>
    public IEnumerable<Setting> All => [RequestsPerMinute, Agents, ActiveGrants, AuditEntries, Policies, Webhooks];

    /// <summary>The settings <c>PLAN_{plan}_…</c> with the contract's numbers as defaults.</summary>
    public static PlanSettings Of(string plan, string requests, string agents, string grants, string entries, string policies, string webhooks) => new(
        new($"PLAN_{plan}_REQUESTS_PER_MINUTE", Forms.Number(1, 10_000_000))
        {
            Form = "requests a minute, from 1",
            Default = requests,
            About = "How often an organization on this plan may call.",
        },
        Limit($"PLAN_{plan}_AGENTS", "agents", agents),
        Limit($"PLAN_{plan}_ACTIVE_GRANTS", "active grants", grants),
        Limit($"PLAN_{plan}_AUDIT_ENTRIES", "logged audit entries", entries),
        Limit($"PLAN_{plan}_POLICIES", "policies", policies),
        Limit($"PLAN_{plan}_WEBHOOKS", "webhooks", webhooks));

    private static Setting<int?> Limit(string name, string what, string most) => new(name, Forms.Limit)
    {
        Form = "a whole number from 1, or `unlimited`",
        Default = most,
        About = $"How many {what} an organization on this plan may have.",
    };
}

/// <summary>What one plan allows at the agents door.</summary>
internal sealed record TierSettings(
    Setting<int?> Agents, Setting<int?> TokensPerMonth, Setting<int?> CallsPerDay, Setting<int?> TokensPerDay, Setting<int?> AuditDays, Setting<int?> Webhooks)
{
    /// <summary>All of them.</summary>
    public IEnumerable<Setting> All => [Agents, TokensPerMonth, CallsPerDay, TokensPerDay, AuditDays, Webhooks];

    /// <summary>The settings <c>TIER_{plan}_…</c> with the contract's numbers as defaults.</summary>
    public static TierSettings Of(string plan, string agents, string tokens, string callsPerDay, string tokensPerDay, string auditDays) => new(
        Limit($"TIER_{plan}_AGENTS", agents, "How many agents, whichever door made them, an organization on this plan may have for the agents door to make one more."),
        Limit($"TIER_{plan}_TOKENS_PER_MONTH", tokens, "How many tokens an agent on this plan gets in a calendar month."),
        Limit($"TIER_{plan}_CALLS_PER_DAY", callsPerDay, "How many calls the agents of an organization on this plan may make at the agents door from midnight to midnight, UTC."),
        Limit($"TIER_{plan}_TOKENS_PER_DAY", tokensPerDay, "How many tokens the agents of an organization on this plan get from midnight to midnight, UTC."),
        Limit($"TIER_{plan}_AUDIT_DAYS", auditDays, "How many days back the agents door shows the audit log of an organization on this plan."),
        Limit($"TIER_{plan}_WEBHOOKS", "20", "How many webhooks, whichever door made them, an organization on this plan may have for the agents door to make one more."));

    private static Setting<int?> Limit(string name, string most, string about) => new(name, Forms.Limit)
    {
        Form = "a whole number from 1, or `unlimited`",
        Default = most,
        About = about,
    };
}
