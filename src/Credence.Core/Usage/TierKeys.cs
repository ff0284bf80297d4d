using System.Globalization;
using Credence.Agents;
using Credence.Organizations;
using Credence.State;

namespace Credence.Usage;

/// <summary>The documented keys of what tiers limit, and when each begins anew (contract agent-idp A.5 20 to 22). Ids are written as this door shows them.</summary>
public static class TierKeys
{
    /// <summary>An organization's calls of today.</summary>
    public static SharedCount Calls(Id<Organization> organization, DateTimeOffset now) =>
        new($"rate:tier:calls:{organization.Value}", UsageStore.DayOf(now).AddDays(1));

    /// <summary>An organization's tokens of today.</summary>
    public static SharedCount Tokens(Id<Organization> organization, DateTimeOffset now) =>
        new($"rate:tier:tokens:{organization.Value}", UsageStore.DayOf(now).AddDays(1));

    /// <summary>An agent's tokens of this month; the month is not padded.</summary>
    public static SharedCount Monthly(Id<Agent> agent, DateTimeOffset now) =>
        new(string.Create(CultureInfo.InvariantCulture, $"monthly:{agent.Value}:{now.UtcDateTime.Year}:{now.UtcDateTime.Month}"), AgentUsageStore.MonthOf(now).AddMonths(1));
}
