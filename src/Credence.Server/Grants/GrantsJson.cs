using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Credence.Server.Grants;

/// <summary>How this door writes JSON: camelCase, nulls left out unless a member says otherwise.</summary>
[JsonSerializable(typeof(ErrorBody))]
[JsonSerializable(typeof(UnknownRoute))]
[JsonSerializable(typeof(SignupApi.SignedUp))]
[JsonSerializable(typeof(SignupApi.VerificationSent))]
[JsonSerializable(typeof(SignupApi.EmailVerified))]
[JsonSerializable(typeof(AccountApi.Account))]
[JsonSerializable(typeof(AccountApi.AccountChanged))]
[JsonSerializable(typeof(KeysApi.KeyList))]
[JsonSerializable(typeof(KeysApi.NewKey))]
[JsonSerializable(typeof(KeysApi.RotatedKey))]
[JsonSerializable(typeof(AgentsApi.AgentShape))]
[JsonSerializable(typeof(AgentsApi.AgentList))]
[JsonSerializable(typeof(AuthorizeApi.Asked))]
[JsonSerializable(typeof(AuthorizeApi.Decided))]
[JsonSerializable(typeof(PoliciesApi.PolicyShape))]
[JsonSerializable(typeof(PoliciesApi.PolicyList))]
[JsonSerializable(typeof(PolicyTrialApi.Trial))]
[JsonSerializable(typeof(ConsentApi.ConsentShape))]
[JsonSerializable(typeof(ConsentApi.Decision))]
[JsonSerializable(typeof(Ceremony))]
[JsonSerializable(typeof(PasskeyShape))]
[JsonSerializable(typeof(PasskeyList))]
[JsonSerializable(typeof(WebAuthnApi.Proven))]
[JsonSerializable(typeof(TokenApi.IssuedToken))]
[JsonSerializable(typeof(TokensApi.TokenVerdict))]
[JsonSerializable(typeof(GrantsApi.GrantList))]
[JsonSerializable(typeof(GrantsApi.GrantShape))]
[JsonSerializable(typeof(GrantsApi.GrantVerdict))]
[JsonSerializable(typeof(PrincipalSessionsApi.SessionShape))]
[JsonSerializable(typeof(PrincipalApi.HeldList))]
[JsonSerializable(typeof(PrincipalApi.DeedList))]
[JsonSerializable(typeof(ScimTokensApi.TokenList))]
[JsonSerializable(typeof(ScimTokensApi.NewToken))]
[JsonSerializable(typeof(SsoConnectionsApi.ConnectionList))]
[JsonSerializable(typeof(SsoConnectionsApi.Enforcement))]
[JsonSerializable(typeof(SsoConnectionsApi.TestShape))]
[JsonSerializable(typeof(SsoSessionsApi.SignOnList))]
[JsonSerializable(typeof(SsoLoginApi.LoginShape))]
[JsonSerializable(typeof(SsoLoginApi.SignOnShape))]
[JsonSerializable(typeof(SsoConfigApi.SsoConfigShape))]
[JsonSerializable(typeof(SsoConfigApi.SsoPersonShape))]
[JsonSerializable(typeof(AuditApi.EntryList))]
[JsonSerializable(typeof(AuditLogApi.LoggedShape))]
[JsonSerializable(typeof(AuditLogApi.LoggedList))]
[JsonSerializable(typeof(AuditApi.InclusionShape))]
[JsonSerializable(typeof(AuditApi.ConsistencyShape))]
[JsonSerializable(typeof(AuditApi.AuditKeys))]
[JsonSerializable(typeof(UsageApi.UsageOfDay))]
[JsonSerializable(typeof(UsageApi.UsageHistory))]
[JsonSerializable(typeof(BillingApi.SubscriptionShape))]
[JsonSerializable(typeof(BillingApi.CheckoutBegun))]
[JsonSerializable(typeof(BillingApi.PortalOpened))]
[JsonSerializable(typeof(BillingApi.EventReceived))]
[JsonSerializable(typeof(AdminApi.Stats))]
[JsonSerializable(typeof(AdminApi.DeveloperList))]
[JsonSerializable(typeof(AdminApi.PlanOfDeveloper))]
[JsonSerializable(typeof(WebhooksApi.WebhookList))]
[JsonSerializable(typeof(WebhooksApi.WebhookShape))]
[JsonSerializable(typeof(WebhooksApi.NewWebhook))]
[JsonSerializable(typeof(WebhooksApi.RotatedSecret))]
[JsonSerializable(typeof(DeliveriesApi.DeliveryList))]
[JsonSerializable(typeof(DeliveriesApi.DeliveryShape))]
[JsonSerializable(typeof(AnomaliesApi.Detection))]
[JsonSerializable(typeof(AnomaliesApi.AnomalyList))]
[JsonSerializable(typeof(AlertsApi.AlertList))]
[JsonSerializable(typeof(AlertsApi.AlertCounts))]
[JsonSerializable(typeof(AnomalyRulesApi.RuleList))]
[JsonSerializable(typeof(AlertChannelsApi.ChannelList))]
[JsonSerializable(typeof(ComplianceApi.SummaryShape))]
[JsonSerializable(typeof(ComplianceApi.ExportedGrant))]
[JsonSerializable(typeof(ComplianceApi.PackMeta))]
[JsonSerializable(typeof(ComplianceApi.IntegrityShape))]
internal sealed partial class GrantsJson : JsonSerializerContext
{
    /// <summary>The shapes. Answers are JSON by their content type and never sniffed, so that names of people can stay readable.</summary>
    public static GrantsJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
