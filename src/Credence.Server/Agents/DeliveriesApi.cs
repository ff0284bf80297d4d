using Credence.Agents;
using Credence.Storage;
using Credence.Webhooks;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/webhooks/{id}/deliveries</c>: what was sent to a webhook, and how that went (contract agent-idp AE-66 to AE-68).</summary>
internal static class DeliveriesApi
{
    private const string Path = WebhooksApi.Path + "/{webhookId}";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        const int foreign = StatusCodes.Status404NotFound;
        routes.MapMethods(Path + "/deliveries", RouteFacts.Read, List).NeedsScope(AgentScopes.ReadWebhooks).AnswersForeign(foreign);
        routes.MapPost(Path + "/deliveries/{deliveryId}/redeliver", Redeliver).NeedsScope(AgentScopes.WriteWebhooks).AnswersForeign(foreign);
        routes.MapPost(Path + "/test", Test).NeedsScope(AgentScopes.WriteWebhooks).AnswersForeign(foreign);
    }

    private static async Task<IResult> List(string webhookId, AgentsCall call, Db db, CancellationToken ct)
    {
        var (webhook, status, page) = (call.Id<Webhook>("webhookId", webhookId), call.Query.WordOrNull<DeliveryStatus>("status"), call.Page());
        if (call.Invalid() is { } invalid) return invalid;
        if (await WebhookStore.FindAsync(db, call.Caller, webhook, ct) is null) return WebhookFailures.NotFound.Answer();
        var (deliveries, total) = await DeliveryStore.PageAsync(db, webhook, status, page.Number, page.Limit, ct);
        return AgentsAnswers.Ok(
            new PageOf<DeliveryShape>(deliveries.ConvertAll(DeliveryShape.Of), total, page.Number, page.Limit), AgentsJson.Wire.PageOfDeliveryShape);
    }

    private static async Task<IResult> Redeliver(string webhookId, string deliveryId, AgentsCall call, RedeliverEvent redeliver, CancellationToken ct)
    {
        var (webhook, delivery) = (call.Id<Webhook>("webhookId", webhookId), call.Id<Delivery>("deliveryId", deliveryId));
        if (call.Invalid() is { } invalid) return invalid;
        return (await redeliver.RunAsync(call.Caller, webhook, delivery, ct)).Accepted(DeliveryShape.Of, AgentsJson.Wire.DeliveryShape);
    }

    private static async Task<IResult> Test(string webhookId, AgentsCall call, PingWebhook ping, Db db, CancellationToken ct)
    {
        var webhook = call.Id<Webhook>("webhookId", webhookId);
        if (call.Invalid() is { } malformed) return malformed;
        if (await WebhookStore.FindAsync(db, call.Caller, webhook, ct) is not { } found) return WebhookFailures.NotFound.Answer();
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var type = call.Body.TextOrNull("event", 100) ?? found.Events[0];
        if (!WebhookEvents.OfAgents.Contains(type, StringComparer.Ordinal)) call.Body.Refuse("event", $"must be one of {string.Join(", ", WebhookEvents.OfAgents)}");
        if (call.Invalid() is { } invalid) return invalid;
        return (await ping.RunAsync(call.Caller, webhook, type, ct)).Accepted(DeliveryShape.Of, AgentsJson.Wire.DeliveryShape);
    }

    /// <summary>A delivery (contract agent-idp B.13).</summary>
    internal sealed record DeliveryShape(
        Guid Id, string EventType, string Status, int Attempts, int? HttpStatus, string? NextAttemptAt, string? LastError, string CreatedAt, string? DeliveredAt)
    {
        public static DeliveryShape Of(Delivery delivery) => new(
            delivery.Id.Value, delivery.EventType, Words.Of(delivery.Status), delivery.Attempts, delivery.HttpStatus, delivery.DueAt?.Iso(), delivery.LastError,
            delivery.CreatedAt.Iso(), delivery.DeliveredAt?.Iso());
    }
}
