using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Organizations' own rules in the database.</summary>
public static class RuleStore
{
    /// <summary>An organization's rules, newest first.</summary>
    public static Task<List<Rule>> ListAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.ListAsync($"select {Rule.Columns} from anomaly_rules where organization_id = {organization} order by created_ms desc, id desc", Rule.Read, ct);

    /// <summary>The rules of these ids.</summary>
    internal static Task<List<Rule>> FindAsync(DbSession db, IEnumerable<Id<Rule>> ids, CancellationToken ct) =>
        db.ListAsync($"select {Rule.Columns} from anomaly_rules where id in {Sql.List(ids)}", Rule.Read, ct);

    internal static Task<long> CountAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from anomaly_rules where organization_id = {organization}", ct);

    internal static Task AddAsync(DbTx tx, Rule rule, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            insert into anomaly_rules (id, organization_id, rule_id, name, description, severity, alert_channels, metric, action, agent_id, window_ms,
                threshold, enabled, created_ms)
            values ({rule.Id}, {rule.Organization}, {rule.RuleId}, {rule.Name}, {rule.Description}, {rule.Severity}, {rule.AlertChannels},
                {rule.Condition.Metric}, {rule.Condition.Action}, {rule.Condition.Agent}, {rule.Condition.WindowMinutes * 60_000L},
                {rule.Condition.Threshold}, {rule.Enabled}, {rule.CreatedAt})
            """,
            ct);

    internal static Task<Rule?> SwitchAsync(DbTx tx, Id<Organization> organization, Id<Rule> id, bool enabled, CancellationToken ct) =>
        tx.FirstAsync($"update anomaly_rules set enabled = {enabled} where id = {id} and organization_id = {organization} returning {Rule.Columns}", Rule.Read, ct);

    internal static async Task<bool> DeleteAsync(DbTx tx, Id<Organization> organization, Id<Rule> id, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from anomaly_rules where id = {id} and organization_id = {organization}", ct) == 1;
}
