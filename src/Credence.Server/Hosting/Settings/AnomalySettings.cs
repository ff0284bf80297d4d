namespace Credence.Server.Hosting.Settings;

/// <summary>How often anomalies are looked for.</summary>
internal static class AnomalySettings
{
    public static readonly Setting<TimeSpan> Interval = new("ANOMALY_INTERVAL_SECONDS", text => TimeSpan.FromSeconds(Forms.Number(1, 86_400)(text)))
    {
        Form = "seconds, 1 to 86400",
        Default = "3600",
        About = "The time between two rounds that look for anomalies in all organizations; the first is at the start.",
    };

    public static readonly SettingGroup Group = new("Anomalies", [Interval]);
}
