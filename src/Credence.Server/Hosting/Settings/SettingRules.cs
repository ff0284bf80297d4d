using Credence.Keys;
using Credence.Policies;

namespace Credence.Server.Hosting.Settings;

/// <summary>What must hold before the server starts: every setting by itself, and all of them together.</summary>
internal static class SettingRules
{
    /// <summary>Everything that is wrong, one sentence each, never a value (contract operations O8).</summary>
    public static IReadOnlyList<string> Problems(SettingValues values) =>
    [
        .. AllSettings.List.Select(setting => values.Find(setting).Problem).OfType<string>(),
        .. Missing(values),
        .. LegacyMode.IsMeant(values) ? [] : ProblemsForKeys(values),
        .. PasskeySettings.Problems(values),
        .. ForwardAuthSettings.Problems(values),
        .. values.Of(ProcessSettings.Environment) == Deployment.Production ? RefusedInProduction(values) : [],
    ];

    /// <summary>What is wrong with the settings that <c>credence migrate</c> needs.</summary>
    public static IReadOnlyList<string> ProblemsForDatabase(SettingValues values)
    {
        Setting[] needed = [StoreSettings.DatabaseUrl, StoreSettings.PoolMax, ProcessSettings.StartupWaitSeconds];
        return [.. needed.Select(setting => values.Find(setting).Problem).OfType<string>(), .. MissingDatabase(values)];
    }

    /// <summary>What is wrong with the keys that the settings give.</summary>
    public static IEnumerable<string> ProblemsForKeys(SettingValues values) =>
        KeySources.Problems(RoomOptions.Keys(values)).Select(problem => problem.Sentence);

    /// <summary>The line that the start prints for a problem.</summary>
    public static string Line(string problem) => $"Failed to start server: Error: {problem}";

    private static IEnumerable<string> Missing(SettingValues values)
    {
        if (LegacyMode.IsMeant(values))
        {
            if (LegacyMode.Problem(values) is { } refused) yield return refused;
        }
        else
        {
            foreach (var problem in MissingDatabase(values)) yield return problem;
        }

        var relaxed = values.Of(ProcessSettings.Environment) == Deployment.Development;
        if (!values.IsSet(StoreSettings.RedisUrl) && !values.IsSet(StoreSettings.RedisHost) && !relaxed && !LegacyMode.IsMeant(values))
        {
            yield return "REDIS_URL environment variable is required";
        }

        if (values.Of(PolicySettings.Backend) == PolicyEngine.Opa && !values.IsSet(PolicySettings.OpaUrl))
        {
            yield return "OPA_URL environment variable is required when POLICY_BACKEND is opa";
        }
    }

    private static IEnumerable<string> MissingDatabase(SettingValues values) =>
        values.IsSet(StoreSettings.DatabaseUrl) ? [] : ["DATABASE_URL environment variable is required"];

    private static IEnumerable<string> RefusedInProduction(SettingValues values)
    {
        if (values.Of(KeySettings.AutoGenerate)) yield return "AUTO_GENERATE_KEYS is refused in production";
        if (values.IsSet(GrantSettings.SeedApiKey)) yield return "SEED_API_KEY is refused in production";
        if (values.IsSet(GrantSettings.SeedSandboxKey)) yield return "SEED_SANDBOX_KEY is refused in production";
        if (values.Of(WebhookSettings.AllowInsecureUrls)) yield return "WEBHOOK_ALLOW_INSECURE_URLS=true is refused in production";
        if (values.Of(WebhookSettings.AllowPrivateHosts)) yield return "WEBHOOK_ALLOW_PRIVATE_HOSTS=true is refused in production";
        if (values.Of(SsoSettings.AllowInsecureUrls)) yield return "SSO_ALLOW_INSECURE_URLS=true is refused in production";
        if (values.Of(SsoSettings.AllowPrivateHosts)) yield return "SSO_ALLOW_PRIVATE_HOSTS=true is refused in production";
        if (values.Of(FederationSettings.AllowInsecureUrls)) yield return "FEDERATION_ALLOW_INSECURE_URLS=true is refused in production";
        if (values.Of(FederationSettings.AllowPrivateHosts)) yield return "FEDERATION_ALLOW_PRIVATE_HOSTS=true is refused in production";
        if (values.Of(MailSettings.SmsAllowInsecureUrls)) yield return "SMS_ALLOW_INSECURE_URLS=true is refused in production";
        if (values.Of(MailSettings.SmsAllowPrivateHosts)) yield return "SMS_ALLOW_PRIVATE_HOSTS=true is refused in production";
        if (!values.Of(LimitSettings.RateLimitsEnabled)) yield return "RATE_LIMITS_ENABLED=false is refused in production";
        if (values.Of(StoreSettings.AllowEmbedded)) yield break;
        if (values.Of(StoreSettings.DatabaseUrl) is { } url && Storage.DatabaseUrl.SqliteFile(url) is not null)
        {
            yield return "DATABASE_URL names SQLite, which is refused in production unless ALLOW_EMBEDDED=true";
        }

        if (values.IsSet(StoreSettings.RedisUrl) && values.Find(StoreSettings.RedisUrl) is { Problem: null, Value: null })
        {
            yield return "REDIS_URL=embedded is refused in production unless ALLOW_EMBEDDED=true";
        }
    }
}
