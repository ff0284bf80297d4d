using Credence.Audit;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>
/// Keeps what an organization has within its plan, exactly and without counting it each time: what the plan has left is dealt out as places, a call takes
/// one on its own row, and only when places run out what is there is counted and dealt again (decision 0022).
/// </summary>
public sealed class PlanGate(PlanOptions options, TierOptions tiers, TimeProvider clock)
{
    private const string Agents = "agents";
    private const string Grants = "active grants";
    private const string Webhooks = "webhooks";

    /// <summary>Admits one more agent. Call it first in the transaction that adds the agent.</summary>
    public Task<Failure?> AdmitAgentAsync(DbTx tx, ApiCaller caller, CancellationToken ct) =>
        AdmitAsync(tx, new Holder(caller), options.For(caller.Plan).Agents, Agents, limit => CountAgents(caller.Organization, limit), ct);

    /// <summary>The same at the agents door, where a plan allows another number of the same agents.</summary>
    public Task<Failure?> AdmitAgentAsync(DbTx tx, Organization organization, CancellationToken ct) => AdmitAsync(
        tx, new Holder(organization.Id, organization.Plan), tiers.For(organization.Plan).Agents, Agents, limit => CountAgents(organization.Id, limit), ct);

    /// <summary>Admits one more active grant. Call it first in the transaction that adds the grant.</summary>
    public Task<Failure?> AdmitGrantAsync(DbTx tx, ApiCaller caller, DateTimeOffset now, CancellationToken ct) =>
        AdmitAsync(tx, new Holder(caller), options.For(caller.Plan).ActiveGrants, Grants, limit => CountGrants(caller, now, limit), ct);

    /// <summary>Takes a place for a grant that is given even when none is left, such as a delegated one. Call it first in its transaction.</summary>
    public Task CountGrantAsync(DbTx tx, ApiCaller caller, DateTimeOffset now, CancellationToken ct) => AdmitGrantAsync(tx, caller, now, ct);

    /// <summary>Admits one more policy. Call it in the transaction that adds the policy, before it is added.</summary>
    public Task<Failure?> AdmitPolicyAsync(DbTx tx, ApiCaller caller, CancellationToken ct) => AdmitAsync(
        tx, new Holder(caller), options.For(caller.Plan).Policies, "policies",
        limit => $"select count(*) as n from (select 1 from policies where organization_id = {caller.Organization} limit {limit}) t", ct);

    /// <summary>Admits one more webhook. Call it first in the transaction that adds the webhook.</summary>
    public Task<Failure?> AdmitWebhookAsync(DbTx tx, ApiCaller caller, CancellationToken ct) =>
        AdmitAsync(tx, new Holder(caller), options.For(caller.Plan).Webhooks, Webhooks, limit => CountWebhooks(caller.Organization, limit), ct);

    /// <summary>The same at the agents door, where a plan allows another number of the same webhooks.</summary>
    public Task<Failure?> AdmitWebhookAsync(DbTx tx, Organization organization, CancellationToken ct) => AdmitAsync(
        tx, new Holder(organization.Id, organization.Plan), tiers.For(organization.Plan).Webhooks, Webhooks, limit => CountWebhooks(organization.Id, limit), ct);

    /// <summary>Says early that no grant would be admitted, so that nobody is asked for a consent that cannot be used; holds nothing.</summary>
    public async Task<Failure?> ForeseeGrantAsync(DbSession db, ApiCaller caller, DateTimeOffset now, CancellationToken ct)
    {
        if (options.For(caller.Plan).ActiveGrants is not { } limit) return null;
        if (await PlanPlaces.AreLeftAsync(db, caller.Organization, Grants, limit, now, ct)) return null;
        return await db.NumberAsync(CountGrants(caller, now, limit), ct) >= limit ? Exceeded(limit, Grants, caller.Plan) : null;
    }

    /// <summary>How many entries the caller may log: whoever numbers them compares, so nothing is counted. Null when the plan sets no end.</summary>
    public LogAllowance? AuditEntries(ApiCaller caller) =>
        options.For(caller.Plan).AuditEntries is { } limit ? new LogAllowance(limit, Exceeded(limit, "audit entries", caller.Plan)) : null;

    private async Task<Failure?> AdmitAsync(DbTx tx, Holder holder, int? limit, string what, Func<int, Sql> count, CancellationToken ct)
    {
        if (limit is not { } most) return null;
        var now = clock.Now();
        if (await PlanPlaces.TakeAsync(tx, holder.Organization, what, most, now, ct)) return null;

        await OrganizationStore.HoldAsync(tx, holder.Organization, ct); // one deals at a time
        await PlanPlaces.GatherAsync(tx, holder.Organization, what, ct); // who took one commits first, and so is counted
        var free = most - await tx.NumberAsync(count(most), ct);
        if (free <= 0) return Exceeded(most, what, holder.Plan);
        await PlanPlaces.DealAsync(tx, holder.Organization, what, most, free - 1, now, ct);
        return null;
    }

    private static Sql CountAgents(Id<Organization> organization, int limit) =>
        $"select count(*) as n from (select 1 from agents where organization_id = {organization} and status <> 'decommissioned' limit {limit}) t";

    private static Sql CountWebhooks(Id<Organization> organization, int limit) =>
        $"select count(*) as n from (select 1 from webhooks where organization_id = {organization} and deleted_ms is null limit {limit}) t";

    private static Sql CountGrants(ApiCaller caller, DateTimeOffset now, int limit) =>
        $"select count(*) as n from (select 1 from grants where organization_id = {caller.Organization} and status = 'active' and expires_ms > {now} limit {limit}) t";

    private static Failure Exceeded(int limit, string what, Plan plan) =>
        new(FailureKind.PlanLimit, "PLAN_LIMIT_EXCEEDED", $"The {Words.Of(plan)} plan allows {limit} {what}") { Limit = limit };

    private sealed record Holder(Id<Organization> Organization, Plan Plan)
    {
        public Holder(ApiCaller caller)
            : this(caller.Organization, caller.Plan)
        {
        }
    }
}
