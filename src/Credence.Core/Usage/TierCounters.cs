using Credence.Agents;
using Credence.Organizations;
using Credence.State;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Usage;

/// <summary>
/// Holds organizations to their tier at the agents door: exactly, one call at a time, over all nodes, in shared state. What is lost there comes back from what
/// <see cref="AgentUsage"/> has stored; while shared state is away everything is admitted, and counted afterwards (contract agent-idp C.9, decision 0033).
/// </summary>
public sealed class TierCounters(
    AgentUsage usage, CurrentPlans plans, TierOptions options, Reconciliation reconciliation, ISharedState state, Metrics metrics, TimeProvider clock)
{
    /// <summary>Admits one call of an agent and counts it.</summary>
    /// <returns>Null when it may go on.</returns>
    public async ValueTask<TierRefusal?> TakeCallAsync(Id<Organization> organization, Id<Agent> agent, CancellationToken ct)
    {
        var now = clock.Now();
        var tier = await plans.OfAsync(organization, ct);
        if (options.For(tier).CallsPerDay is { } most)
        {
            if (!await TakeAsync(Calls(organization, now), most, now, ct)) return Refused(organization, TierLimit.ApiCalls, most, tier, now);
        }
        else
        {
            reconciliation.Later(Calls(organization, now));
        }

        usage.Count(organization, agent, AgentUsageKind.ApiCall);
        metrics.TenantCalled(organization.Value, Words.Of(tier));
        return null;
    }

    /// <summary>Takes the place of one token that an agent is about to get. <see cref="Issued"/> says that it got it, <see cref="GiveBackAsync"/> that it did not.</summary>
    /// <returns>Null when it may have it.</returns>
    public async ValueTask<TierRefusal?> TakeTokenAsync(Id<Organization> organization, Id<Agent> agent, CancellationToken ct)
    {
        var now = clock.Now();
        var tier = await plans.OfAsync(organization, ct);
        var limits = options.For(tier);
        if (!await TakeAsync(Monthly(agent, now), limits.TokensPerMonth, now, ct)) return Refused(organization, TierLimit.MonthlyTokens, limits.TokensPerMonth!.Value, tier, now);
        if (await TakeAsync(Tokens(organization, now), limits.TokensPerDay, now, ct)) return null;
        await state.UncountAsync(TierKeys.Monthly(agent, now).Key, now, ct);
        return Refused(organization, TierLimit.TokenIssuances, limits.TokensPerDay!.Value, tier, now);
    }

    /// <summary>An agent got the token whose place was taken.</summary>
    public void Issued(Id<Organization> organization, Id<Agent> agent) => usage.Count(organization, agent, AgentUsageKind.TokenIssued);

    /// <summary>An agent did not get the token whose place was taken.</summary>
    public async ValueTask GiveBackAsync(Id<Organization> organization, Id<Agent> agent, CancellationToken ct)
    {
        var now = clock.Now();
        await state.UncountAsync(TierKeys.Tokens(organization, now).Key, now, ct);
        await state.UncountAsync(TierKeys.Monthly(agent, now).Key, now, ct);
    }

    private async ValueTask<bool> TakeAsync(Reconciled what, int? most, DateTimeOffset now, CancellationToken ct)
    {
        var taken = await state.CountAsync(what.Count, 1, most ?? long.MaxValue, null, now, ct);
        if (taken.Outcome == CountOutcome.Unknown)
        {
            taken = await state.CountAsync(what.Count, 1, most ?? long.MaxValue, await what.KnownAsync(ct), now, ct);
            reconciliation.Due(what); // what other nodes had counted and not stored is in the database by then
        }

        if (taken.Outcome == CountOutcome.Away) reconciliation.Due(what);
        return taken.Outcome != CountOutcome.Full;
    }

    private TierRefusal Refused(Id<Organization> organization, TierLimit limit, int most, Plan tier, DateTimeOffset now)
    {
        metrics.TierRejected(organization.Value, limit == TierLimit.ApiCalls ? "api_calls" : "token_issuances");
        var resets = limit == TierLimit.MonthlyTokens ? AgentUsageStore.MonthOf(now).AddMonths(1) : UsageStore.DayOf(now).AddDays(1);
        return new TierRefusal(limit, most, tier, resets);
    }

    private Reconciled Calls(Id<Organization> organization, DateTimeOffset now) =>
        new(TierKeys.Calls(organization, now), ct => usage.CountAsync(organization, AgentUsageKind.ApiCall, UsageStore.DayOf(now), ct));

    private Reconciled Tokens(Id<Organization> organization, DateTimeOffset now) =>
        new(TierKeys.Tokens(organization, now), ct => usage.CountAsync(organization, AgentUsageKind.TokenIssued, UsageStore.DayOf(now), ct));

    private Reconciled Monthly(Id<Agent> agent, DateTimeOffset now) =>
        new(TierKeys.Monthly(agent, now), ct => usage.CountAsync(agent, AgentUsageKind.TokenIssued, AgentUsageStore.MonthOf(now), ct));
}
