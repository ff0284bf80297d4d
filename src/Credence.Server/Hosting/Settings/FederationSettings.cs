namespace Credence.Server.Hosting.Settings;

/// <summary>Whose tokens besides its own this server understands, and how agents pass authority on among themselves (contract agent-idp B.10, B.11).</summary>
internal static class FederationSettings
{
    public static readonly Setting<bool> DelegationEnabled = new("A2A_ENABLED", Forms.Flag)
    {
        Form = "true or false",
        Default = "true",
        About = "Whether agents may delegate to each other. `false` answers 404 on those routes.",
    };

    public static readonly Setting<string> GithubIssuer = new("GITHUB_OIDC_ISSUER", Forms.HttpAddress)
    {
        Form = "an http or https address",
        Default = "https://token.actions.githubusercontent.com",
        About = "Who signs for CI jobs that act as agents: GitHub Actions, or a GitHub Enterprise Server. Its keys are fetched from `/.well-known/jwks` below it.",
    };

    public static readonly Setting<bool> AllowInsecureUrls = Relaxed("FEDERATION_ALLOW_INSECURE_URLS", "Whether the keys of another issuer may have an http address.");

    public static readonly Setting<bool> AllowPrivateHosts = Relaxed(
        "FEDERATION_ALLOW_PRIVATE_HOSTS", "Whether they may be at an address that is not on the public internet: loopback, private networks, metadata services.");

    public static readonly SettingGroup Group = new("Trust between agents and issuers", [DelegationEnabled, GithubIssuer, AllowInsecureUrls, AllowPrivateHosts]);

    private static Setting<bool> Relaxed(string name, string about) => new(name, Forms.Flag)
    {
        Form = "true or false",
        Default = "true in development, else false",
        DefaultFrom = values => values.Of(ProcessSettings.Environment) == Deployment.Development ? "true" : "false",
        About = about + " Refused in production.",
    };
}
