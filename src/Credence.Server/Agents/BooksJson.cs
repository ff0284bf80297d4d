using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Credence.Server.Agents;

/// <summary>How this door writes what it has counted and recorded; as <see cref="AgentsJson"/> does.</summary>
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
internal sealed partial class BooksJson : JsonSerializerContext
{
    /// <summary>The shapes.</summary>
    public static BooksJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
