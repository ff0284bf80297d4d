namespace Credence.Server.Hosting.Settings;

/// <summary>People's accounts (contract identity B.2).</summary>
internal static class PeopleSettings
{
    public static readonly Setting<string?> ApplicationSecret = new("APP_ENV_APPLICATION_SECRET", Forms.ApiKey)
    {
        OrFile = true,
        Form = "16 to 512 characters without white space",
        About = "What one-time codes are hashed with and their sessions sealed with; the same on every server. Unset: derived from the key that secrets are encrypted under.",
        Mask = Masks.Whole,
    };

    public static readonly SettingGroup Group = new("People", [ApplicationSecret]);
}
