using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>An organization makes a rule of its own.</summary>
public sealed class CreateRule(Db db, TimeProvider clock)
{
    /// <summary>What the rule shall be; members as <see cref="Rule"/> has them.</summary>
    public sealed record Input(
        string RuleId, string Name, string? Description, Severity Severity, IReadOnlyList<string> AlertChannels, RuleCondition Condition);

    /// <returns>The rule, or why it cannot be.</returns>
    public async Task<Result<Rule>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        if (BuiltInRule.Has(input.RuleId)) return AnomalyFailures.BuiltInId;
        var now = clock.Now();
        var rule = new Rule(
            Id<Rule>.New(now), caller.Organization, input.RuleId, input.Name, input.Description, input.Severity, input.AlertChannels, input.Condition,
            Enabled: true, now);

        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct);
        if (await RuleStore.CountAsync(tx, caller.Organization, ct) >= Rule.Most) return AnomalyFailures.TooMany("custom rules", Rule.Most);
        await RuleStore.AddAsync(tx, rule, ct);
        await AuditLog.AppendAsync(tx, caller.Act("anomaly_rule.created", rule.Id.ToString()), now, ct);
        await tx.CommitAsync();
        return rule;
    }
}
