using System.Text.Json.Serialization;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;
using Credence.Webhooks;

namespace Credence.Server.Grants;

/// <summary><c>/v1/webhooks/{id}/deliveries</c>: what was sent to a webhook, and how that went (contract grantex-core 8, operations O29).</summary>
internal static class DeliveriesApi
{
    private const int LastPage = 1_000_000;
    private const int UsualSize = 20;
    private const int LargestSize = 100;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/webhooks/{id}/deliveries", RouteFacts.Read, List);
        routes.MapPost("/v1/webhooks/{id}/deliveries/{deliveryId}/redeliver", Redeliver).LimitAddress(30);
    }

    private static async Task<IResult> List(string id, GrantsCall call, Db db, CancellationToken ct)
    {
        var status = call.Query.WordOrNull<DeliveryStatus>("status");
        var page = call.Query.NumberOrNull("page", 1, LastPage) ?? 1;
        var size = Math.Min(call.Query.NumberOrNull("pageSize", 1, int.MaxValue) ?? UsualSize, LargestSize); // capped, says grantex 4.3, not refused
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (await WebhookStore.FindAsync(db, call.Caller, Ids.Read<Webhook>(id), ct) is not { } webhook) return WebhookFailures.NotFound.Answer();
        var (deliveries, total) = await DeliveryStore.PageAsync(db, webhook.Id, status, page, size, ct);
        return Answers.Ok(new DeliveryList(deliveries.ConvertAll(DeliveryShape.Of), total, page, size), GrantsJson.Wire.DeliveryList);
    }

    private static async Task<IResult> Redeliver(string id, string deliveryId, GrantsCall call, RedeliverEvent redeliver, CancellationToken ct) =>
        (await redeliver.RunAsync(call.Caller, Ids.Read<Webhook>(id), Ids.Read<Delivery>(deliveryId), ct))
        .Accepted(DeliveryShape.Of, GrantsJson.Wire.DeliveryShape);

    /// <summary>A page of deliveries, newest first.</summary>
    internal sealed record DeliveryList(List<DeliveryShape> Deliveries, long Total, int Page, int PageSize);

    /// <summary>A delivery as this door shows it.</summary>
    internal sealed record DeliveryShape(
        string Id,
        string WebhookId,
        string EventId,
        string EventType,
        string Status,
        int Attempts,
        int MaxAttempts,
        string Url,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? LastError,
        string CreatedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? DeliveredAt)
    {
        public static DeliveryShape Of(Delivery delivery) => new(
            delivery.Id.ToString(),
            delivery.Webhook.ToString(),
            delivery.Event.ToString(),
            delivery.EventType,
            Words.Of(delivery.Status),
            delivery.Attempts,
            delivery.MaxAttempts,
            delivery.Url,
            delivery.LastError,
            delivery.CreatedAt.Iso(),
            delivery.DeliveredAt?.Iso());
    }
}
