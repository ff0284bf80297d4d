using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Doctor;

/// <summary>Each setting by itself, all of them together, and what is allowed to start but should not be so in production.</summary>
internal static class SettingsCheck
{
    private const string Check = "settings";

    /// <summary>Looks at them.</summary>
    public static void Run(SettingValues settings, Examination found)
    {
        foreach (var problem in SettingRules.Problems(settings)) found.Found(Check, problem, "the settings of this process", "set it as docs/configuration.md says; `credence check-config` shows them all");
        if (settings.Of(ProcessSettings.Environment) == Deployment.Production) Production(settings, found);
        found.Looked($"settings: {AllSettings.List.Count} of them, for {settings.Of(ProcessSettings.Environment)}");
    }

    private static void Production(SettingValues settings, Examination found)
    {
        var address = new Uri(settings.Of(NetworkSettings.PublicBaseUrl));
        if (address.Scheme != Uri.UriSchemeHttps)
        {
            found.Found(Check, "people and programs reach this server without TLS", $"PUBLIC_BASE_URL is {address}", "set PUBLIC_BASE_URL to the https address of the proxy in front");
        }
        else if (settings.Of(NetworkSettings.TrustProxy) is null)
        {
            found.Found(
                Check, "every caller seems to come from the proxy's address, so that all share one rate limit", "PUBLIC_BASE_URL is https, which a proxy must provide, and TRUST_PROXY is not set",
                "set TRUST_PROXY to the proxy's network, or to the number of hops");
        }

        if (settings.Of(StoreSettings.DatabaseUrl) is { } url && DatabaseUrl.IsInTheClear(url))
        {
            found.Found(Check, "what goes to the database can be read on the way", "DATABASE_URL names another machine and does not insist on TLS", "add sslmode=verify-full (or require) to DATABASE_URL");
        }

        if (settings.Of(StoreSettings.RedisUrl) is { HasPassword: false } redis && !redis.IsLocal)
        {
            found.Found(Check, "whoever reaches Redis may do anything with it", "REDIS_URL names another machine and has no password", "give Redis a password (requirepass, or an ACL) and put it into REDIS_URL");
        }
    }
}
