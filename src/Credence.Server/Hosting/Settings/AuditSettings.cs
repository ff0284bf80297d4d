namespace Credence.Server.Hosting.Settings;

/// <summary>How long the audit log keeps its texts, and where its checkpoints go (design D7).</summary>
internal static class AuditSettings
{
    public static readonly Setting<int?> RetentionDays = new("AUDIT_RETENTION_DAYS", Days)
    {
        Form = "days, 1 to 36500",
        Default = "",
        About = "Empties the bodies of audit entries older than this, never their hashes. Not set, they are kept for ever.",
    };

    public static readonly Setting<string?> CheckpointFile = new("AUDIT_CHECKPOINT_FILE", Forms.Text)
    {
        Form = "a file",
        About = "Gets every signed checkpoint of the audit log appended. Put it where whoever can change the database cannot: it is what shows a rewritten log.",
    };

    public static readonly SettingGroup Group = new("Audit", [RetentionDays, CheckpointFile]);

    private static int? Days(string text) => Forms.Number(1, 36_500)(text);
}
