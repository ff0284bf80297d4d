using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>An organization's own rule: more than so many of something by one agent within a while (decision 0023).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose rule it is.</param>
/// <param name="RuleId">What its owner calls it in programs.</param>
/// <param name="Name">What its owner calls it.</param>
/// <param name="Description">What it is for, or null.</param>
/// <param name="Severity">How much what it finds matters.</param>
/// <param name="AlertChannels">Ids, names or types of the channels to tell, whatever their severities; empty for those whose severities match.</param>
/// <param name="Condition">When it fires.</param>
/// <param name="Enabled">Whether it is evaluated.</param>
/// <param name="CreatedAt">When it was made.</param>
public sealed record Rule(
    Id<Rule> Id,
    Id<Organization> Organization,
    string RuleId,
    string Name,
    string? Description,
    Severity Severity,
    IReadOnlyList<string> AlertChannels,
    RuleCondition Condition,
    bool Enabled,
    DateTimeOffset CreatedAt) : IIdentified
{
    /// <summary>How many an organization may have.</summary>
    public const int Most = 100;

    /// <inheritdoc/>
    public static string IdPrefix => "arule_";

    internal static Sql Columns { get; } = Sql.Of(
        $"id, organization_id, rule_id, name, description, severity, alert_channels, metric, action, agent_id, window_ms, threshold, enabled, created_ms");

    internal static Rule Read(Row row) => new(
        row.Id<Rule>("id"),
        row.Id<Organization>("organization_id"),
        row.Text("rule_id"),
        row.Text("name"),
        row.TextOrNull("description"),
        row.Word<Severity>("severity"),
        row.Texts("alert_channels"),
        new RuleCondition(
            row.Word<RuleMetric>("metric"), row.TextOrNull("action"), row.TextOrNull("agent_id"), (int)(row.Long("window_ms") / 60_000), row.Int("threshold")),
        row.Flag("enabled"),
        row.Time("created_ms"));
}

/// <summary>Fires for each agent that has more than <paramref name="Threshold"/> of <paramref name="Metric"/> in the last <paramref name="WindowMinutes"/>.</summary>
/// <param name="Metric">What is counted.</param>
/// <param name="Action">Counts only entries of this action, or null.</param>
/// <param name="Agent">Looks only at this agent, or null.</param>
/// <param name="WindowMinutes">How far back it looks.</param>
/// <param name="Threshold">As many are still all right.</param>
public sealed record RuleCondition(RuleMetric Metric, string? Action, string? Agent, int WindowMinutes, int Threshold)
{
    /// <summary>The longest window: a day.</summary>
    public const int LongestWindow = 1_440;

    /// <summary>Whether what is counted has an action.</summary>
    public static bool HasAction(RuleMetric metric) => metric is RuleMetric.Entries or RuleMetric.Failures;
}

/// <summary>What a rule counts of one agent.</summary>
public enum RuleMetric
{
    /// <summary>Entries of the audit log.</summary>
    Entries,

    /// <summary>Entries of the audit log that failed or were blocked.</summary>
    Failures,

    /// <summary>Grants that it was given, passed on ones included.</summary>
    Grants,

    /// <summary>Grants that it was passed by another agent.</summary>
    Delegations,

    /// <summary>Grants of it that were revoked.</summary>
    Revocations,
}
