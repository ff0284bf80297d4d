namespace Credence.Server.Hosting.Settings;

/// <summary>How organizations are told of their events.</summary>
internal static class WebhookSettings
{
    public static readonly Setting<bool> AllowInsecureUrls = Relaxed("WEBHOOK_ALLOW_INSECURE_URLS", "Whether a webhook may have an http address.");

    public static readonly Setting<bool> AllowPrivateHosts = Relaxed(
        "WEBHOOK_ALLOW_PRIVATE_HOSTS", "Whether a webhook may be at an address that is not on the public internet: loopback, private networks, metadata services.");

    public static readonly Setting<TimeSpan> FirstRetry = new("WEBHOOK_FIRST_RETRY", Forms.Duration("1s", "1h"))
    {
        Form = "a number and s, m, h or d; 1s to 1h",
        Default = "30s",
        About = "The rest after a delivery's first failed attempt; each further rest is twice as long, and after six attempts it is given up.",
    };

    public static readonly Setting<TimeSpan> Lease = new("WEBHOOK_LEASE", Forms.Duration("15s", "1h"))
    {
        Form = "a number and s, m, h or d; 15s to 1h",
        Default = "30s",
        About = "After so long another server sends what a server had taken to send when it crashed.",
    };

    public static readonly Setting<TimeSpan> DisableAfter = new("WEBHOOK_DISABLE_AFTER", Forms.Duration("1h", "365d"))
    {
        Form = "a number and s, m, h or d; 1h to 365d",
        Default = "3d",
        About = "A webhook of which every attempt failed for so long is switched off.",
    };

    public static readonly Setting<int> Concurrency = new("WEBHOOK_CONCURRENCY", Forms.Number(2, 1_000))
    {
        Form = "a whole number, 2 to 1000",
        Default = "32",
        About = "How many webhooks a server serves at the same time, each with up to 8 deliveries; those whose last attempts failed share half of it.",
    };

    public static readonly SettingGroup Group = new("Webhooks", [AllowInsecureUrls, AllowPrivateHosts, FirstRetry, Lease, DisableAfter, Concurrency]);

    private static Setting<bool> Relaxed(string name, string about) => new(name, Forms.Flag)
    {
        Form = "true or false",
        Default = "true in development, else false",
        DefaultFrom = values => values.Of(ProcessSettings.Environment) == Deployment.Development ? "true" : "false",
        About = about + " Refused in production.",
    };
}
