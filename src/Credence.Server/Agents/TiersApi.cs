using System.Globalization;
using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;
using Credence.Usage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/tiers</c> and <c>/api/v1/billing/usage</c>: what an organization may have, and what it has used of it (contract agent-idp AE-56, AE-57, AE-59).</summary>
internal static class TiersApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(AgentsDoor.Base + "/tiers/status", RouteFacts.Read, Status).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapPost(AgentsDoor.Base + "/tiers/upgrade", Upgrade).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(AgentsDoor.Base + "/billing/usage", RouteFacts.Read, Used).AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Status(
        AgentsCall call, UsedToday used, CurrentPlans plans, TierOptions tiers, Db db, TimeProvider clock, CancellationToken ct)
    {
        var (organization, now) = (call.Caller.Organization, clock.Now());
        var tier = await plans.OfAsync(organization, ct);
        var limits = tiers.For(tier);
        var agents = await AgentStore.CountAsync(db, organization, ct);
        var (calls, tokens) = await used.RunAsync(organization, now, ct);
        return AgentsAnswers.Ok(
            new TierStatus(
                Words.Of(tier), new Limits(limits.Agents, limits.CallsPerDay, limits.TokensPerDay),
                new Usage(agents.Active + agents.Suspended, calls, tokens), UsageStore.DayOf(now).AddDays(1).Iso()),
            AgentsJson.Wire.TierStatus);
    }

    private static async Task<IResult> Upgrade(AgentsCall call, Checkout checkout, CurrentPlans plans, CancellationToken ct)
    {
        if (await checkout.RefuseAsync(call, ct) is { } refused) return refused;
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var target = call.Body.WordOrNull("targetTier", Plan.Pro, Plan.Enterprise);
        if (target is null) call.Body.Refuse("targetTier", "must be one of pro, enterprise");
        if (call.Invalid() is { } invalid) return invalid;
        if (target <= await plans.OfAsync(call.Caller.Organization, ct)) return Checkout.NotAnUpgrade.Answer();
        var begun = await checkout.RunAsync(call, target!.Value, null, null, ct);
        return begun.Succeeded ? AgentsAnswers.Ok(new BillingApi.CheckoutBegun(begun.Value), AgentsJson.Wire.CheckoutBegun) : Checkout.Answer(begun.Failure);
    }

    private static async Task<IResult> Used(AgentsCall call, UsedToday used, AgentUsage usage, Db db, TimeProvider clock, CancellationToken ct)
    {
        var now = clock.Now();
        await usage.StoreAsync(ct);
        var (calls, tokens) = await used.RunAsync(call.Caller.Organization, now, ct);
        var active = await AgentUsageStore.CountAgentsAsync(db, call.Caller.Organization, UsageStore.DayOf(now), ct);
        return AgentsAnswers.Ok(
            new DayOfUsage(call.Caller.Organization.Value, now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), calls, tokens, active),
            AgentsJson.Wire.DayOfUsage);
    }

    /// <summary>What an organization may have and has used.</summary>
    internal sealed record TierStatus(string Tier, Limits Limits, Usage Usage, string ResetsAt);

    /// <summary>What its tier allows; null for no end.</summary>
    internal sealed record Limits(int? MaxAgents, int? MaxCallsPerDay, int? MaxTokensPerDay);

    /// <summary>What it used.</summary>
    internal sealed record Usage(long AgentCount, long CallsToday, long TokensToday);

    /// <summary>What it used today.</summary>
    internal sealed record DayOfUsage(Guid TenantId, string Date, long ApiCalls, long TokenIssuances, long ActiveAgents);
}
