using Credence.Revocations;
using Credence.Storage;

namespace Credence.Organizations;

/// <summary>Gives an organization another plan, for whoever decided that it has one.</summary>
internal static class PlanChange
{
    /// <summary>Changes the plan inside the caller's transaction, which holds the organization.</summary>
    /// <returns>Marks that let every node look its keys up again; the caller stores them last before the commit and announces them after it.</returns>
    public static async Task<Revocation[]> ApplyAsync(DbTx tx, Organization organization, Plan plan, DateTimeOffset now, CancellationToken ct)
    {
        if (organization.Plan == plan) return [];
        await OrganizationStore.SetPlanAsync(tx, organization.Id, plan, now, ct);
        await PlanPlaces.ForgetAsync(tx, organization.Id, ct);
        var plans = Revocation.Changed(RevocationKind.OrganizationPlan, organization.Id.ToString(), now, now + FindCaller.CacheLife);
        return [.. await ApiKeyStore.MarkChangedAsync(tx, organization.Id, now, ct), plans];
    }
}
