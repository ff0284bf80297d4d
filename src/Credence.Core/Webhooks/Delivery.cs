using Credence.Events;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>One event for one webhook (contract grantex-core 8).</summary>
/// <param name="Id">Its id.</param>
/// <param name="Webhook">Whom it is for.</param>
/// <param name="Event">The event.</param>
/// <param name="EventType">Its type.</param>
/// <param name="Body">The text that is sent, the same on every attempt.</param>
/// <param name="Url">Where it goes; of a finished one, where it went.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Attempts">How often it was sent.</param>
/// <param name="MaxAttempts">How many retries follow the first attempt at most (contract operations O27).</param>
/// <param name="LastError">Why the last attempt failed.</param>
/// <param name="DueAt">When it is sent next; while a node sends it, when another may; null when it is over.</param>
/// <param name="CreatedAt">When it was queued.</param>
/// <param name="DeliveredAt">When it arrived.</param>
public sealed record Delivery(
    Id<Delivery> Id,
    Id<Webhook> Webhook,
    Id<Event> Event,
    string EventType,
    string Body,
    string Url,
    DeliveryStatus Status,
    int Attempts,
    int MaxAttempts,
    string? LastError,
    DateTimeOffset? DueAt,
    DateTimeOffset CreatedAt,
    DateTimeOffset? DeliveredAt) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "whd_";

    /// <summary>What the receiver answered to the last attempt; null when it did not.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The trace that every attempt goes on with, as W3C <c>traceparent</c>; null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>A new one, due at once.</summary>
    internal static Delivery New(Id<Webhook> webhook, EventDoor door, string url, Id<Event> @event, string eventType, string body, string? traceParent, DateTimeOffset now) => new(
        Id<Delivery>.New(now), webhook, @event, eventType, body, url, DeliveryStatus.Pending, 0, DeliveryStyle.Of(door).Retries, null, now, now, null)
    {
        TraceParent = traceParent,
    };

    internal static Sql Columns { get; } = Sql.Of(
        $"""
        id, webhook_id, event_id, event_type, body, url, status, attempts, max_attempts, last_error, due_ms, created_ms, delivered_ms, http_status, traceparent
        """);

    internal static Delivery Read(Row row) => new(
        row.Id<Delivery>("id"),
        row.Id<Webhook>("webhook_id"),
        row.Id<Event>("event_id"),
        row.Text("event_type"),
        row.Text("body"),
        row.Text("url"),
        row.Word<DeliveryStatus>("status"),
        row.Int("attempts"),
        row.Int("max_attempts"),
        row.TextOrNull("last_error"),
        row.TimeOrNull("due_ms"),
        row.Time("created_ms"),
        row.TimeOrNull("delivered_ms"))
    {
        HttpStatus = (int?)row.LongOrNull("http_status"),
        TraceParent = row.TextOrNull("traceparent"),
    };
}

/// <summary>How a delivery stands.</summary>
public enum DeliveryStatus
{
    /// <summary>It is sent, or will be.</summary>
    Pending,

    /// <summary>It arrived.</summary>
    Delivered,

    /// <summary>It was given up.</summary>
    Failed,

    /// <summary>It was given up after the last of the agents door's attempts.</summary>
    DeadLetter,
}
