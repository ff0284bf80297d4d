using Credence.Administration;
using Credence.Agents;
using Credence.Anomalies;
using Credence.Audit;
using Credence.Billing;
using Credence.Compliance;
using Credence.Configurations;
using Credence.Consent;
using Credence.Credentials;
using Credence.Delegations;
using Credence.Events;
using Credence.Federation;
using Credence.Gateways;
using Credence.Grants;
using Credence.Issuers;
using Credence.Keys;
using Credence.Messages;
using Credence.OneTimeCodes;
using Credence.Organizations;
using Credence.Outgoing;
using Credence.Passkeys;
using Credence.Policies;
using Credence.Principals;
using Credence.Proofs;
using Credence.Revocations;
using Credence.Scim;
using Credence.SecondFactors;
using Credence.SignIn;
using Credence.Sso;
using Credence.Telemetry;
using Credence.Tokens;
using Credence.Usage;
using Credence.Webhooks;
using Credence.Workloads;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Credence;

/// <summary>Registers the domain's operations by hand, a room at a time. Options and the rooms with outside resources are the host's to add.</summary>
public static class CoreServices
{
    /// <summary>Adds every operation as a singleton.</summary>
    public static IServiceCollection AddCore(this IServiceCollection services) => services
        .AddSingleton<RevocationIndex>()
        .AddSingleton<SealAudit>()
        .AddSingleton<LogEntry>()
        .AddSingleton<RecordAudit>()
        .AddSingleton<DispatchEvents>()
        .AddSingleton<EventFeed>()
        .AddSingleton<StreamPlaces>()
        .AddKeys()
        .AddConfigurations()
        .AddMessages()
        .AddProofs()
        .AddOrganizations()
        .AddUsage()
        .AddBilling()
        .AddAgents()
        .AddCredentials()
        .AddPasskeys()
        .AddOneTimeCodes()
        .AddSecondFactors()
        .AddPolicies()
        .AddSingleton<RequestConsent>()
        .AddSingleton<ProveConsent>()
        .AddSingleton<DecideConsent>()
        .AddGrants()
        .AddTokens()
        .AddDelegations()
        .AddFederation()
        .AddPrincipals()
        .AddPeople()
        .AddAdministration()
        .AddGateways()
        .AddScim()
        .AddSso()
        .AddWebhooks()
        .AddAnomalies()
        .AddCompliance();

    private static IServiceCollection AddOrganizations(this IServiceCollection services) => services
        .AddSingleton<PlanGate>()
        .AddSingleton<CurrentPlans>()
        .AddSingleton<SignUp>()
        .AddSingleton<FindCaller>()
        .AddSingleton<ChangeOrganization>()
        .AddSingleton<SuspendOrganization>()
        .AddSingleton<FoundOrganization>()
        .AddSingleton<ReviseOrganization>()
        .AddSingleton<CreateApiKey>()
        .AddSingleton<RotateApiKey>()
        .AddSingleton<RevokeApiKey>()
        .AddSingleton<SendEmailVerification>()
        .AddSingleton<VerifyEmail>();

    private static IServiceCollection AddUsage(this IServiceCollection services) => services
        .AddSingleton<MeterUsage>()
        .AddSingleton<AgentUsage>()
        .AddSingleton<Reconciliation>()
        .AddSingleton<TierCounters>();

    private static IServiceCollection AddAgents(this IServiceCollection services) => services
        .AddSingleton<CreateAgent>()
        .AddSingleton<RegisterAgent>()
        .AddSingleton<ReviseAgent>()
        .AddSingleton<StopAgent>()
        .AddSingleton<AddMember>()
        .AddSingleton<RemoveMember>()
        .AddSingleton<ChangeAgent>();

    private static IServiceCollection AddCredentials(this IServiceCollection services) => services
        .AddSingleton<FindClient>()
        .AddSingleton<CreateCredential>()
        .AddSingleton<RotateCredential>()
        .AddSingleton<RevokeCredential>()
        .AddSingleton<Bootstrap>();

    private static IServiceCollection AddPolicies(this IServiceCollection services) => services
        .AddSingleton<PolicySets>()
        .AddSingleton<Opa>()
        .AddSingleton<DecideByPolicy>()
        .AddSingleton<TryPolicies>()
        .AddSingleton<CreatePolicy>()
        .AddSingleton<ChangePolicy>()
        .AddSingleton<DeletePolicy>();

    private static IServiceCollection AddGrants(this IServiceCollection services) => services
        .AddSingleton<RevokeGrant>()
        .AddSingleton<ResumeGrant>()
        .AddSingleton<DelegateGrant>()
        .AddSingleton<EndAgent>();

    private static IServiceCollection AddTokens(this IServiceCollection services) => services
        .AddSingleton<MintGrantToken>()
        .AddSingleton<VerifiedTokens<GrantClaims>>()
        .AddSingleton<VerifiedTokens<AccessClaims>>()
        .AddSingleton<CheckAccessToken>()
        .AddSingleton<IssueAccessToken>()
        .AddSingleton<IntrospectToken>()
        .AddSingleton<RevokeAccessToken>()
        .AddSingleton<CheckAssertion>()
        .AddSingleton<CheckToken>()
        .AddSingleton<ExchangeCode>()
        .AddSingleton<RefreshGrant>()
        .AddSingleton<RevokeToken>();

    private static IServiceCollection AddDelegations(this IServiceCollection services) => services
        .AddSingleton<IssueIdToken>()
        .AddSingleton<CheckDelegation>()
        .AddSingleton<DelegateToAgent>()
        .AddSingleton<ExchangeToken>()
        .AddSingleton<RevokeDelegation>();

    private static IServiceCollection AddFederation(this IServiceCollection services) => services
        .AddSingleton(provider => new IssuerKeys(
            new OutgoingClient(provider.GetRequiredService<IssuerOptions>().Rules),
            provider.GetRequiredService<IssuerOptions>(),
            provider.GetRequiredService<Metrics>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<IssuerKeys>>()))
        .AddSingleton<RegisterPartner>()
        .AddSingleton<ChangePartner>()
        .AddSingleton<RemovePartner>()
        .AddSingleton<ExpirePartners>()
        .AddSingleton<CheckPartnerToken>()
        .AddSingleton<AddTrustPolicy>()
        .AddSingleton<RemoveTrustPolicy>()
        .AddSingleton<AdmitWorkload>();

    private static IServiceCollection AddPrincipals(this IServiceCollection services) => services
        .AddSingleton<OpenSession>()
        .AddSingleton<CheckSession>()
        .AddSingleton<EndSession>()
        .AddSingleton<EndPrincipals>()
        .AddSingleton<OwnPasskeys>()
        .AddSingleton<TakeBackGrants>();

    private static IServiceCollection AddCompliance(this IServiceCollection services) => services
        .AddSingleton<CheckSystemChain>()
        .AddSingleton<CheckAudit>()
        .AddSingleton<LookAtChains>()
        .AddSingleton<CheckControls>()
        .AddSingleton<ControlBoard>()
        .AddSingleton<BuildReport>()
        .AddSingleton<Summarize>()
        .AddSingleton<GatherEvidence>();
}
