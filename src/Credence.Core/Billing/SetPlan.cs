using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Billing;

/// <summary>An operator gives an organization a plan. What Stripe says afterwards of a subscription that it has stands again.</summary>
public sealed class SetPlan(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>The subscription as it is now, or that there is no such organization.</returns>
    public async Task<Result<Subscription>> RunAsync(Id<Organization> id, Plan plan, string by, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await OrganizationStore.HoldAsync(tx, id, ct) is not { } organization) return OrganizationFailures.NotFound;
        var before = await SubscriptionStore.FindAsync(tx, id, ct) ?? Subscription.NoneOf(id);
        var after = before with { Plan = plan, Status = Subscription.Active };
        await SubscriptionStore.SaveAsync(tx, after, now, ct);
        await AuditLog.AppendAsync(tx, new AuditEvent(id.ToString(), "plan.set", by, id.ToString())
        {
            Data = new() { ["planBefore"] = Words.Of(organization.Plan), ["plan"] = Words.Of(plan) },
        }, now, ct);
        var marks = await PlanChange.ApplyAsync(tx, organization, plan, now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return after;
    }
}
