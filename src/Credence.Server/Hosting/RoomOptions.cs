using Credence.Agents;
using Credence.Anomalies;
using Credence.Billing;
using Credence.Consent;
using Credence.Events;
using Credence.Gateways;
using Credence.Issuers;
using Credence.Keys;
using Credence.Messages;
using Credence.OneTimeCodes;
using Credence.Organizations;
using Credence.Outgoing;
using Credence.Passkeys;
using Credence.Passwords;
using Credence.People;
using Credence.Policies;
using Credence.Proofs;
using Credence.Roles;
using Credence.Server.Hosting.Settings;
using Credence.SignIn;
using Credence.Sso;
using Credence.Storage;
using Credence.Tokens;
using Credence.Usage;
using Credence.Webhooks;
using Credence.Workloads;

namespace Credence.Server.Hosting;

/// <summary>The rooms' options, made of the settings: the one place that knows both (design D12).</summary>
internal static class RoomOptions
{
    /// <summary>Adds the options of every room.</summary>
    public static IServiceCollection AddRoomOptions(this IServiceCollection services, SettingValues settings)
    {
        var longest = settings.Of(GrantSettings.MaxLifetime);
        return services
            .AddSingleton(Keys(settings))
            .AddSingleton(new PlanOptions
            {
                Free = Limits(settings, LimitSettings.Free),
                Pro = Limits(settings, LimitSettings.Pro),
                Enterprise = Limits(settings, LimitSettings.Enterprise),
            })
            .AddSingleton(new TierOptions
            {
                Free = Tier(settings, LimitSettings.FreeTier),
                Pro = Tier(settings, LimitSettings.ProTier),
                Enterprise = Tier(settings, LimitSettings.EnterpriseTier),
            })
            .AddSingleton(new UsageOptions
            {
                Enabled = settings.Of(UsageSettings.Enabled),
                JournalFolder = settings.Of(UsageSettings.JournalFolder),
            })
            .AddSingleton(new BillingOptions
            {
                SecretKey = settings.Of(BillingSettings.StripeSecretKey),
                WebhookSecret = settings.Of(BillingSettings.StripeWebhookSecret),
                PricePro = settings.Of(BillingSettings.StripePricePro),
                PriceEnterprise = settings.Of(BillingSettings.StripePriceEnterprise),
                ApiBase = settings.Of(BillingSettings.StripeApiBase),
            })
            .AddSingleton(new AgentOptions { LongestToken = longest })
            .AddSingleton(new OrganizationOptions
            {
                ConsentMinimum = settings.Of(ProcessSettings.Environment) == Deployment.Development ? ConsentProof.Link : ConsentProof.Person,
            })
            .AddSingleton(new ConsentOptions
            {
                LongestGrant = longest,
                AllowPrivateRedirects = settings.Of(ProcessSettings.Environment) == Deployment.Development,
            })
            .AddSingleton(new CodeOptions { ApplicationSecret = settings.Of(KeySettings.ApplicationSecret) })
            .AddSingleton(new PasskeyOptions
            {
                RelyingPartyId = settings.Of(PasskeySettings.RelyingPartyId),
                RelyingPartyName = settings.Of(PasskeySettings.RelyingPartyName),
                Origins = settings.Of(PasskeySettings.Origins),
            })
            .AddSingleton(new PolicyOptions
            {
                Engine = settings.Of(PolicySettings.Backend),
                OpaUrl = settings.Of(PolicySettings.OpaUrl) ?? "",
                FallBackToBuiltin = settings.Of(PolicySettings.OpaFallback),
            })
            .AddSingleton(new TokenOptions
            {
                Issuer = settings.Of(NetworkSettings.JwtIssuer),
                MaxDelegationDepth = settings.Of(GrantSettings.MaxDelegationDepth),
                AccessTokenLife = TimeSpan.FromSeconds(settings.Of(AgentSettings.TokenSeconds)),
                PersonTokenLife = TimeSpan.FromSeconds(settings.Of(PeopleSettings.TokenSeconds)),
                IsLegacy = settings.Legacy is not null,
                ForwardIssuer = settings.Of(ForwardAuthSettings.Issuer),
                ForwardTokenLife = TimeSpan.FromSeconds(settings.Of(ForwardAuthSettings.TokenSeconds)),
                ForwardClockSkew = TimeSpan.FromSeconds(settings.Of(ForwardAuthSettings.SkewSeconds)),
            })
            .AddSingleton(new PeopleOptions { Node = settings.Of(PeopleSettings.Node) })
            .AddSingleton(new RoleOptions { First = settings.Of(PeopleSettings.DefaultRole) })
            .AddSingleton(new SignInOptions
            {
                Failures = settings.Of(PeopleSettings.Failures),
                VerifyEmailLink = $"{settings.Of(NetworkSettings.PublicBaseUrl)}{People.VerifyApi.Link}?token=",
                ShortestPassword = settings.Of(ForwardAuthSettings.ShortestPassword),
                HidesDuplicates = settings.Of(ForwardAuthSettings.HideDuplicates),
            })
            .AddSingleton(new GatewayOptions { RoutesFile = settings.Of(ForwardAuthSettings.RoutesFile) })
            .AddSingleton(Passwords(settings))
            .AddSingleton(new EventStreamOptions
            {
                PerOrganization = settings.Of(LimitSettings.EventStreams),
                KeepAlive = settings.Of(NetworkSettings.EventKeepAlive),
            })
            .AddSingleton(Proofs(settings))
            .AddSingleton(new WebhookOptions
            {
                AllowInsecureUrls = settings.Of(WebhookSettings.AllowInsecureUrls),
                AllowPrivateHosts = settings.Of(WebhookSettings.AllowPrivateHosts),
                FirstRetry = settings.Of(WebhookSettings.FirstRetry),
                Lease = settings.Of(WebhookSettings.Lease),
                DisableAfter = settings.Of(WebhookSettings.DisableAfter),
                Concurrency = settings.Of(WebhookSettings.Concurrency),
            })
            .AddSingleton(new SsoOptions
            {
                AllowInsecureUrls = settings.Of(SsoSettings.AllowInsecureUrls),
                AllowPrivateHosts = settings.Of(SsoSettings.AllowPrivateHosts),
                StateSecret = settings.Of(SsoSettings.StateSecret),
                ProviderTimeout = settings.Of(SsoSettings.ProviderTimeout),
            })
            .AddSingleton(new AnomalyOptions { Interval = settings.Of(AnomalySettings.Interval) })
            .AddSingleton(new IssuerOptions
            {
                Audience = settings.Of(NetworkSettings.PublicBaseUrl),
                Rules = new OutgoingRules(settings.Of(FederationSettings.AllowInsecureUrls), settings.Of(FederationSettings.AllowPrivateHosts)),
            })
            .AddSingleton(new WorkloadOptions { GithubIssuer = settings.Of(FederationSettings.GithubIssuer) })
            .AddSingleton(new MailOptions
            {
                Server = MailSettings.Server(settings),
                PickupDirectory = settings.Of(MailSettings.PickupDirectory),
                From = settings.Of(MailSettings.From),
            })
            .AddSingleton(new MessageOptions
            {
                Lease = settings.Of(MailSettings.Lease),
                ShowUnsent = settings.Of(ProcessSettings.Environment) == Deployment.Development,
                SmsRules = new OutgoingRules(settings.Of(MailSettings.SmsAllowInsecureUrls), settings.Of(MailSettings.SmsAllowPrivateHosts)),
            });
    }

    /// <summary>Where keys come from.</summary>
    public static KeyOptions Keys(SettingValues settings)
    {
        if (settings.Legacy is { } legacy) return new KeyOptions { Ephemeral = legacy.Key };
        var options = new KeyOptions
        {
            RsaPrivateKey = settings.Find(KeySettings.RsaPrivateKey).Text,
            RsaPrivateKeyFile = settings.Find(KeySettings.RsaPrivateKey).File,
            JwtPrivateKey = settings.Find(KeySettings.JwtPrivateKey).Text,
            JwtPrivateKeyFile = settings.Find(KeySettings.JwtPrivateKey).File,
            JwtPublicKey = settings.Find(KeySettings.JwtPublicKey).Text,
            JwtPublicKeyFile = settings.Find(KeySettings.JwtPublicKey).File,
            EcPrivateKeyFile = settings.Of(KeySettings.EcPrivateKeyFile),
            Ed25519PrivateKeyFile = settings.Of(KeySettings.Ed25519PrivateKeyFile),
            KeysDir = settings.Of(KeySettings.KeysDir),
            DataEncryptionKey = settings.Find(KeySettings.DataEncryptionKey).Text,
            DataEncryptionKeyFile = settings.Find(KeySettings.DataEncryptionKey).File,
            DataEncryptionKeyPrevious = settings.Find(KeySettings.DataEncryptionKeyPrevious).Text,
            DataEncryptionKeyPreviousFile = settings.Find(KeySettings.DataEncryptionKeyPrevious).File,
            ApplicationSecret = settings.Of(KeySettings.ApplicationSecret),
            ApplicationSecretPrevious = settings.Of(KeySettings.ApplicationSecretPrevious),
            AutoGenerate = settings.Of(KeySettings.AutoGenerate),
            Rotation = TimeSpan.FromDays(settings.Of(KeySettings.RotationDays)),
            PublishAhead = settings.Of(KeySettings.PublishAhead),
            ReloadInterval = settings.Of(KeySettings.ReloadInterval),
            MaxTokenLifetime = TimeSpan.FromSeconds(new[]
            {
                settings.Of(GrantSettings.MaxLifetime).TotalSeconds, settings.Of(PeopleSettings.TokenSeconds),
                settings.Of(ForwardAuthSettings.TokenSeconds) + settings.Of(ForwardAuthSettings.SkewSeconds),
            }.Max()),
        };
        if (settings.Of(StoreSettings.DatabaseUrl) is { } url && DatabaseUrl.SqliteFile(url) is { } file)
        {
            options.DevelopmentKeyFile = file + ".key"; // it opens what that file holds, so the two stay together
        }

        return options;
    }

    private static PasswordOptions Passwords(SettingValues settings)
    {
        var memory = settings.Of(PeopleSettings.PasswordMemory);
        return new PasswordOptions
        {
            MemoryKib = memory,
            Passes = settings.Of(PeopleSettings.PasswordPasses),
            BcryptCost = settings.Of(PeopleSettings.BcryptCost),
            Argon2idOnly = settings.Of(PeopleSettings.PasswordHash) == "argon2id",
            AtOnce = PasswordOptions.Room(Environment.ProcessorCount, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, memory),
        };
    }

    private static ProofOptions Proofs(SettingValues settings)
    {
        var name = new Uri(settings.Of(NetworkSettings.JwtIssuer));
        return new ProofOptions
        {
            Origin = name.Authority + name.AbsolutePath.TrimEnd('/'),
            Retention = settings.Of(AuditSettings.RetentionDays) is { } days ? TimeSpan.FromDays(days) : null,
            CheckpointFile = settings.Of(AuditSettings.CheckpointFile),
        };
    }

    private static TierLimits Tier(SettingValues settings, TierSettings tier) => new(
        settings.Of(tier.Agents), settings.Of(tier.TokensPerMonth), settings.Of(tier.CallsPerDay), settings.Of(tier.TokensPerDay), settings.Of(tier.AuditDays),
        settings.Of(tier.Webhooks));

    private static PlanLimits Limits(SettingValues settings, PlanSettings plan) => new()
    {
        RequestsPerMinute = settings.Of(plan.RequestsPerMinute),
        Agents = settings.Of(plan.Agents),
        ActiveGrants = settings.Of(plan.ActiveGrants),
        Policies = settings.Of(plan.Policies),
        AuditEntries = settings.Of(plan.AuditEntries),
        Webhooks = settings.Of(plan.Webhooks),
    };
}
