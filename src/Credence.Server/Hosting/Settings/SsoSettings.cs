namespace Credence.Server.Hosting.Settings;

/// <summary>How companies' identity providers are spoken to.</summary>
internal static class SsoSettings
{
    public static readonly Setting<bool> AllowInsecureUrls = Relaxed("SSO_ALLOW_INSECURE_URLS", "Whether an identity provider may have an http address.");

    public static readonly Setting<bool> AllowPrivateHosts = Relaxed(
        "SSO_ALLOW_PRIVATE_HOSTS", "Whether an identity provider may be at an address that is not on the public internet.");

    public static readonly Setting<string?> StateSecret = new("SSO_STATE_SECRET", Forms.ApiKey)
    {
        OrFile = true,
        Form = "16 to 512 characters without white space",
        About = "What the `state` of a login is signed with; the same on every server. Unset: derived from the key that secrets are encrypted under.",
        Mask = Masks.Whole,
    };

    public static readonly Setting<TimeSpan> ProviderTimeout = new("SSO_PROVIDER_TIMEOUT", Forms.Duration("1s", "30s"))
    {
        Form = "a number and s, m, h or d; 1s to 30s",
        Default = "5s",
        About = "How long one answer of an identity provider may take; a login asks for up to five.",
    };

    public static readonly SettingGroup Group = new("Single sign-on", [AllowInsecureUrls, AllowPrivateHosts, StateSecret, ProviderTimeout]);

    private static Setting<bool> Relaxed(string name, string about) => new(name, Forms.Flag)
    {
        Form = "true or false",
        Default = "true in development, else false",
        DefaultFrom = values => values.Of(ProcessSettings.Environment) == Deployment.Development ? "true" : "false",
        About = about + " Refused in production.",
    };
}
