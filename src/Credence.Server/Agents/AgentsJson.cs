using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Credence.Server.Agents;

/// <summary>How this door writes JSON: camelCase, and what a thing does not have as null.</summary>
[JsonSerializable(typeof(OAuthErrorBody))]
[JsonSerializable(typeof(TokenApi.IssuedToken))]
[JsonSerializable(typeof(AgentsApi.AgentShape))]
[JsonSerializable(typeof(PageOf<AgentsApi.AgentShape>))]
[JsonSerializable(typeof(CredentialsApi.NewCredential))]
[JsonSerializable(typeof(PageOf<CredentialsApi.CredentialShape>))]
[JsonSerializable(typeof(IntrospectionApi.Introspected))]
[JsonSerializable(typeof(OrganizationsApi.OrganizationShape))]
[JsonSerializable(typeof(PageOf<OrganizationsApi.OrganizationShape>))]
[JsonSerializable(typeof(MembersApi.MemberShape))]
[JsonSerializable(typeof(PageOf<MembersApi.MemberShape>))]
[JsonSerializable(typeof(DelegationsApi.NewDelegation))]
[JsonSerializable(typeof(DelegationsApi.LiveDelegation))]
[JsonSerializable(typeof(DelegationsApi.DeadDelegation))]
[JsonSerializable(typeof(PageOf<DelegationsApi.DelegationShape>))]
[JsonSerializable(typeof(PartnersApi.PartnerShape))]
[JsonSerializable(typeof(PageOf<PartnersApi.PartnerShape>))]
[JsonSerializable(typeof(PartnerTokensApi.PartnerToken))]
[JsonSerializable(typeof(TrustPoliciesApi.PolicyShape))]
[JsonSerializable(typeof(PageOf<TrustPoliciesApi.PolicyShape>))]
[JsonSerializable(typeof(AgentInfoApi.AgentInfo))]
[JsonSerializable(typeof(DidApi.AgentCard))]
[JsonSerializable(typeof(PageOf<AuditApi.EventShape>))]
[JsonSerializable(typeof(AuditApi.Verdict))]
[JsonSerializable(typeof(AnalyticsApi.TokenTrend))]
[JsonSerializable(typeof(AnalyticsApi.AgentActivity))]
[JsonSerializable(typeof(AnalyticsApi.AgentSummary))]
[JsonSerializable(typeof(TiersApi.TierStatus))]
[JsonSerializable(typeof(TiersApi.DayOfUsage))]
[JsonSerializable(typeof(BillingApi.CheckoutBegun))]
[JsonSerializable(typeof(BillingApi.EventReceived))]
[JsonSerializable(typeof(PageOf<WebhooksApi.WebhookShape>))]
[JsonSerializable(typeof(PageOf<DeliveriesApi.DeliveryShape>))]
[JsonSerializable(typeof(ComplianceApi.ReportShape))]
[JsonSerializable(typeof(ComplianceApi.ControlList))]
[JsonSerializable(typeof(List<DidApi.AgentCard>))]
internal sealed partial class AgentsJson : JsonSerializerContext
{
    /// <summary>The shapes. Answers are JSON by their content type and never sniffed, so that names of people can stay readable.</summary>
    public static AgentsJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

/// <summary>A page of a list (contract agent-idp B.3).</summary>
/// <param name="Data">The items.</param>
/// <param name="Total">How many there are on all pages.</param>
/// <param name="Page">Which page this is, from 1.</param>
/// <param name="Limit">How many items a page has at most.</param>
internal sealed record PageOf<T>(IReadOnlyList<T> Data, long Total, int Page, int Limit);
