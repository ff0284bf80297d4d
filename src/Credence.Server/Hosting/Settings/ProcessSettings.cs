namespace Credence.Server.Hosting.Settings;

/// <summary>What kind of installation this is.</summary>
internal enum Deployment
{
    /// <summary>Strict: nothing is assumed.</summary>
    Production,

    /// <summary>Everything must be set as in production, but what production refuses may be switched on.</summary>
    Staging,

    /// <summary>A developer's machine.</summary>
    Development,
}

/// <summary>How the process runs, starts and stops.</summary>
internal static class ProcessSettings
{
    public static readonly Setting<Deployment> Environment = new("ASPNETCORE_ENVIRONMENT", ParseDeployment)
    {
        Form = "Production, Staging or Development",
        Default = "Production",
        About = "Development relaxes what only developers need relaxed; nothing else decides it.",
    };

    public static readonly Setting<string?> NodeEnvironment = new("NODE_ENV", Forms.Text)
    {
        Form = "any text",
        About = "`test` keeps request lines out of the text log. Decides nothing else.",
    };

    public static readonly Setting<string> RunMode = new("RUN_MODE", Forms.OneOf("serve", "server", "migrate"))
    {
        Form = "serve (or server) or migrate",
        Default = "serve",
        About = "What `credence` does when no command is given.",
    };

    public static readonly Setting<int> StartupWaitSeconds = new("STARTUP_WAIT_SECONDS", Forms.Number(0, 3600))
    {
        Form = "seconds, 0 to 3600",
        Default = "30",
        About = "How long the start waits for the database before it gives up.",
    };

    public static readonly Setting<int> ShutdownTimeoutMs = new("SHUTDOWN_TIMEOUT_MS", Forms.Number(100, 600_000))
    {
        Form = "milliseconds, 100 to 600000",
        Default = "8000",
        About = "How long the stop waits for requests in flight and for workers.",
    };

    public static readonly SettingGroup Group = new("Process", [Environment, NodeEnvironment, RunMode, StartupWaitSeconds, ShutdownTimeoutMs]);

    private static Deployment ParseDeployment(string text) =>
        Enum.GetValues<Deployment>().Where(known => string.Equals(known.ToString(), text, StringComparison.OrdinalIgnoreCase)) is var found && found.Any()
            ? found.First()
            : throw new FormatException("must be Production, Staging or Development");
}
