using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Something unusual that an agent does, from the round that first found it to the one that no longer does; an alert is the same thing (contract grantex-enterprise 1).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose agent it is.</param>
/// <param name="Type">What is unusual: <c>rate_spike</c>.</param>
/// <param name="Severity">How much it matters.</param>
/// <param name="RuleId">The rule that found it, or null for one of the four detectors.</param>
/// <param name="RuleName">That rule's name.</param>
/// <param name="CustomRule">The organization's own rule that found it, or null.</param>
/// <param name="Agent">The agent as the log or the grant names it, or null.</param>
/// <param name="Principal">The person, where it is about one.</param>
/// <param name="Description">One sentence about it.</param>
/// <param name="Metadata">The numbers behind it, a JSON object; they follow what later rounds find.</param>
/// <param name="Status">What became of the alert.</param>
/// <param name="Note">What whoever handled it wrote, or null.</param>
/// <param name="DetectedAt">When it was first found.</param>
/// <param name="AcknowledgedAt">When somebody took notice, or null.</param>
/// <param name="ResolvedAt">When it was over, by somebody's word or because a round no longer found it; or null.</param>
public sealed record Anomaly(
    Id<Anomaly> Id,
    Id<Organization> Organization,
    string Type,
    Severity Severity,
    string? RuleId,
    string? RuleName,
    Id<Rule>? CustomRule,
    string? Agent,
    string? Principal,
    string Description,
    string Metadata,
    AlertStatus Status,
    string? Note,
    DateTimeOffset DetectedAt,
    DateTimeOffset? AcknowledgedAt,
    DateTimeOffset? ResolvedAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "anm_";

    internal static Sql Columns { get; } = Sql.Of(
        $"""
        id, organization_id, type, severity, rule_id, rule_name, custom_rule, agent_id, principal_id, description, metadata, status, note, detected_ms,
        acknowledged_ms, resolved_ms
        """);

    internal static Anomaly Read(Row row) => new(
        row.Id<Anomaly>("id"),
        row.Id<Organization>("organization_id"),
        row.Text("type"),
        row.Word<Severity>("severity"),
        row.TextOrNull("rule_id"),
        row.TextOrNull("rule_name"),
        row.IdOrNull<Rule>("custom_rule"),
        row.TextOrNull("agent_id"),
        row.TextOrNull("principal_id"),
        row.Text("description"),
        row.Text("metadata"),
        row.Word<AlertStatus>("status"),
        row.TextOrNull("note"),
        row.Time("detected_ms"),
        row.TimeOrNull("acknowledged_ms"),
        row.TimeOrNull("resolved_ms"));
}

/// <summary>How much an anomaly matters.</summary>
public enum Severity
{
    /// <summary>At once.</summary>
    Critical,

    /// <summary>Today.</summary>
    High,

    /// <summary>Soon.</summary>
    Medium,

    /// <summary>Good to know.</summary>
    Low,
}

/// <summary>What became of an alert.</summary>
public enum AlertStatus
{
    /// <summary>Nothing yet.</summary>
    Open,

    /// <summary>Somebody took notice.</summary>
    Acknowledged,

    /// <summary>It is over.</summary>
    Resolved,
}
