using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>An organization makes a rule; it holds from the commit on.</summary>
public sealed class CreatePolicy(Db db, PlanGate plan, TimeProvider clock)
{
    /// <summary>What the rule shall be; fields as <see cref="Policy"/> has them.</summary>
    /// <param name="Name">Not blank, trimmed.</param>
    /// <param name="Effect">What it does.</param>
    /// <param name="Priority">Higher ones are looked at first.</param>
    /// <param name="Terms">When it matches.</param>
    public sealed record Input(string Name, PolicyEffect Effect, int Priority, PolicyTerms Terms);

    /// <returns>The policy, or that the plan has no place left.</returns>
    public async Task<Result<Policy>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        var policy = new Policy(Id<Policy>.New(now), caller.Organization, input.Name, input.Effect, input.Priority, input.Terms, now, now);

        await using var tx = await db.BeginAsync(ct);
        await PolicyStore.RenewSetAsync(tx, caller.Organization, ct);
        if (await plan.AdmitPolicyAsync(tx, caller, ct) is { } full) return full;
        await PolicyStore.AddAsync(tx, policy, ct);
        await AuditLog.AppendAsync(tx, PolicyAudit.Of(caller, "policy.created", policy), now, ct);
        await tx.CommitAsync();
        return policy;
    }
}
