namespace Credence.Server.Hosting.Settings;

/// <summary>Every setting there is (design D12). The documentation page and <c>credence check-config</c> are written from this.</summary>
internal static class AllSettings
{
    public static readonly IReadOnlyList<SettingGroup> Groups =
    [
        StoreSettings.Group,
        KeySettings.Group,
        NetworkSettings.Group,
        GrantSettings.Group,
        AgentSettings.Group,
        PeopleSettings.Group,
        ForwardAuthSettings.Group,
        PasskeySettings.Group,
        PolicySettings.Group,
        LimitSettings.Group,
        AuditSettings.Group,
        UsageSettings.Group,
        BillingSettings.Group,
        WebhookSettings.Group,
        SsoSettings.Group,
        FederationSettings.Group,
        AnomalySettings.Group,
        MailSettings.Group,
        TelemetrySettings.Group,
        ProcessSettings.Group,
    ];

    public static readonly IReadOnlyList<Setting> List = [.. Groups.SelectMany(group => group.Settings)];
}
