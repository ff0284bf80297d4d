using Credence.Organizations;
using Credence.State;
using Credence.Usage;

namespace Credence.Server.Agents;

/// <summary>How much an organization used today: the larger of what all nodes count together and what is stored, either of which may be a moment behind.</summary>
internal sealed class UsedToday(ISharedState state, AgentUsage usage)
{
    /// <summary>Calls and tokens.</summary>
    public async Task<(long Calls, long Tokens)> RunAsync(Id<Organization> organization, DateTimeOffset now, CancellationToken ct)
    {
        var today = UsageStore.DayOf(now);
        return (
            Math.Max(
                await state.CountOfAsync(TierKeys.Calls(organization, now).Key, now, ct) ?? 0, await usage.CountAsync(organization, AgentUsageKind.ApiCall, today, ct)),
            Math.Max(
                await state.CountOfAsync(TierKeys.Tokens(organization, now).Key, now, ct) ?? 0,
                await usage.CountAsync(organization, AgentUsageKind.TokenIssued, today, ct)));
    }
}
