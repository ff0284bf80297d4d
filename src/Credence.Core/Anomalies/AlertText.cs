using Credence.Events;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>An alert in the form of each kind of channel.</summary>
internal static class AlertText
{
    /// <summary>For a webhook, in the envelope of events; its id is the same on every attempt.</summary>
    public static string Json(Anomaly anomaly) => Event.Object(json =>
    {
        json.WriteString("id", anomaly.Id.ToString());
        json.WriteString("type", "anomaly.detected");
        json.WriteString("createdAt", anomaly.DetectedAt.Iso());
        json.WriteStartObject("data");
        json.WriteString("alertId", anomaly.Id.ToString());
        json.WriteString("type", anomaly.Type);
        json.WriteString("severity", Words.Of(anomaly.Severity));
        json.WriteString("ruleId", anomaly.RuleId);
        json.WriteString("ruleName", Name(anomaly));
        json.WriteString("agentId", anomaly.Agent);
        json.WriteString("principalId", anomaly.Principal);
        json.WriteString("description", anomaly.Description);
        json.WritePropertyName("context");
        json.WriteRawValue(anomaly.Metadata, skipInputValidation: true); // this server wrote it
        json.WriteEndObject();
    });

    /// <summary>For a chat's incoming webhook, which reads &amp;, &lt; and &gt; as markup.</summary>
    public static string Slack(Anomaly anomaly) => Event.Object(json => json.WriteString(
        "text",
        $"{Subject(anomaly)}\n{anomaly.Description}\nAlert {anomaly.Id}, detected {anomaly.DetectedAt.Iso()}"
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)));

    /// <summary>For a mail's subject: one line, whatever the rule is called.</summary>
    public static string Subject(Anomaly anomaly) =>
        string.Concat($"[{Words.Of(anomaly.Severity)}] {Name(anomaly)}".Select(letter => char.IsControl(letter) ? ' ' : letter));

    /// <summary>For a mail.</summary>
    public static string Mail(Anomaly anomaly) =>
        $"{anomaly.Description}\r\n\r\nAlert: {anomaly.Id}\r\nAgent: {anomaly.Agent ?? "-"}\r\nDetected: {anomaly.DetectedAt.Iso()}\r\n";

    private static string Name(Anomaly anomaly) => anomaly.RuleName ?? anomaly.Type;
}
