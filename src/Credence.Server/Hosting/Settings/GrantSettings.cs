namespace Credence.Server.Hosting.Settings;

/// <summary>What may be granted, and who is there at the start.</summary>
internal static class GrantSettings
{
    public static readonly Setting<int> MaxDelegationDepth = new("MAX_DELEGATION_DEPTH", Forms.Number(1, 10))
    {
        Form = "steps, 1 to 10",
        Default = "3",
        About = "How often a grant may be passed on from agent to agent.",
    };

    public static readonly Setting<TimeSpan> MaxLifetime = new("GRANT_MAX_LIFETIME", Forms.Duration("5m", "3650d"))
    {
        Form = "a number and s, m, h or d; 5m to 3650d",
        Default = "366d",
        About = "The longest a grant may last; a longer `expiresIn` is refused.",
    };

    public static readonly Setting<string?> SeedApiKey = Seed("SEED_API_KEY", "live");

    public static readonly Setting<string?> SeedSandboxKey = Seed("SEED_SANDBOX_KEY", "sandbox");

    public static readonly SettingGroup Group = new("Grants", [MaxDelegationDepth, MaxLifetime, SeedApiKey, SeedSandboxKey]);

    private static Setting<string?> Seed(string name, string mode) => new(name, Forms.ApiKey)
    {
        Form = "16 to 512 characters without white space",
        About = $"The API key of a {mode} organization that is made at the start if it is not there. Refused in production.",
        Mask = Masks.Whole,
    };
}
