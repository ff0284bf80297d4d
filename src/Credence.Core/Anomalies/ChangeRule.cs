using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>An organization switches a rule of its own on or off, or deletes it; what the rule found ends with the next round.</summary>
public sealed class ChangeRule(Db db, TimeProvider clock)
{
    /// <returns>The rule as it is now, or that there is none.</returns>
    public async Task<Result<Rule>> SwitchAsync(ApiCaller caller, Id<Rule> id, bool enabled, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        if (await RuleStore.SwitchAsync(tx, caller.Organization, id, enabled, ct) is not { } rule) return AnomalyFailures.RuleNotFound;
        await AuditLog.AppendAsync(
            tx, caller.Act("anomaly_rule.changed", id.ToString(), new() { ["enabled"] = enabled ? "true" : "false" }), clock.Now(), ct);
        await tx.CommitAsync();
        return rule;
    }

    /// <returns>That it is gone, or that there was none.</returns>
    public async Task<Result<bool>> DeleteAsync(ApiCaller caller, Id<Rule> id, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        if (!await RuleStore.DeleteAsync(tx, caller.Organization, id, ct)) return AnomalyFailures.RuleNotFound;
        await AuditLog.AppendAsync(tx, caller.Act("anomaly_rule.deleted", id.ToString()), clock.Now(), ct);
        await tx.CommitAsync();
        return true;
    }
}
