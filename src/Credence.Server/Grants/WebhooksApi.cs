using System.Text.Json.Serialization;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;
using Credence.Webhooks;

namespace Credence.Server.Grants;

/// <summary><c>/v1/webhooks</c>: where the organization is told of its events (contract grantex-core 8). Changing, rotating, sending again and pinging are ours.</summary>
internal static class WebhooksApi
{
    private const int PerMinute = 30;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/webhooks", Create).LimitAddress(PerMinute);
        routes.MapMethods("/v1/webhooks", RouteFacts.Read, List);
        routes.MapPatch("/v1/webhooks/{id}", Change).LimitAddress(PerMinute);
        routes.MapDelete("/v1/webhooks/{id}", Delete).LimitAddress(PerMinute);
        routes.MapPost("/v1/webhooks/{id}/rotate-secret", Rotate).LimitAddress(PerMinute);
        routes.MapPost("/v1/webhooks/{id}/ping", Ping).LimitAddress(PerMinute);
    }

    private static async Task<IResult> Create(GrantsCall call, CreateWebhook create, CancellationToken ct)
    {
        var url = call.Body.Text("url", WebAddress.Length);
        var events = EventsOrNull(call.Body);
        if (events is null && call.Body.Problem is null) call.Body.Refuse("events", "is required");
        var secret = SecretOrNull(call.Body);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await create.RunAsync(call.Caller, new CreateWebhook.Input(url, events!, secret), ct)).Created(NewWebhook.Of, GrantsJson.Wire.NewWebhook);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var webhooks = await WebhookStore.ListAsync(db, call.Caller, ct);
        return Answers.Ok(new WebhookList(webhooks.ConvertAll(WebhookShape.Of)), GrantsJson.Wire.WebhookList);
    }

    private static async Task<IResult> Change(string id, GrantsCall call, ChangeWebhook change, CancellationToken ct)
    {
        var input = new ChangeWebhook.Input(call.Body.TextOrNull("url", WebAddress.Length), EventsOrNull(call.Body), call.Body.FlagOrNull("active"));
        if (call.Body.Problem is { } problem) return problem.Answer();
        if (input == new ChangeWebhook.Input(null, null, null)) return Failure.Invalid("The body names nothing that can be changed").Answer();
        return (await change.RunAsync(call.Caller, Ids.Read<Webhook>(id), input, ct)).Ok(WebhookShape.Of, GrantsJson.Wire.WebhookShape);
    }

    private static async Task<IResult> Delete(string id, GrantsCall call, DeleteWebhook delete, CancellationToken ct) =>
        (await delete.RunAsync(call.Caller, Ids.Read<Webhook>(id), ct)).Done();

    private static async Task<IResult> Rotate(string id, GrantsCall call, RotateWebhookSecret rotate, CancellationToken ct)
    {
        var secret = SecretOrNull(call.Body);
        var overlap = call.Body.DurationOrNull("overlap") ?? RotateWebhookSecret.UsualOverlap;
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await rotate.RunAsync(call.Caller, Ids.Read<Webhook>(id), secret, overlap, ct)).Ok(RotatedSecret.Of, GrantsJson.Wire.RotatedSecret);
    }

    private static async Task<IResult> Ping(string id, GrantsCall call, PingWebhook ping, CancellationToken ct) =>
        (await ping.RunAsync(call.Caller, Ids.Read<Webhook>(id), WebhookEvents.Ping, ct)).Accepted(DeliveriesApi.DeliveryShape.Of, GrantsJson.Wire.DeliveryShape);

    private static IReadOnlyList<string>? EventsOrNull(Fields body)
    {
        var events = body.TextsOrNull("events", 1, 100, 100);
        if (events is not null && events.Except(WebhookEvents.All).Any()) body.Refuse("events", $"must be some of {string.Join(", ", WebhookEvents.All)}");
        return events;
    }

    private static WebhookSecret? SecretOrNull(Fields body)
    {
        if (body.TextOrNull("secret", WebhookSecret.Longest, WebhookSecret.Shortest) is not { } text || body.Problem is not null) return null;
        var secret = new WebhookSecret(text);
        if (secret.Problem() is { } problem) body.Refuse("secret", problem);
        return secret;
    }

    /// <summary>Webhooks, newest first.</summary>
    internal sealed record WebhookList(List<WebhookShape> Webhooks);

    /// <summary>A webhook without its secret. The first four members are the contract's; the others say how it fares.</summary>
    internal sealed record WebhookShape(
        string Id, string Url, IReadOnlyList<string> Events, string CreatedAt, bool Active, string? FailingSince, string? DisabledReason)
    {
        public static WebhookShape Of(Webhook webhook) => new(
            webhook.Id.ToString(), webhook.Url, webhook.Events, webhook.CreatedAt.Iso(), webhook.Active, webhook.FailingSince?.Iso(), webhook.DisabledReason);
    }

    /// <summary>A new webhook, with its secret for the only time: as the documented headers use it, and as Standard Webhooks libraries take it.</summary>
    internal sealed record NewWebhook(string Id, string Url, IReadOnlyList<string> Events, string Secret, string SigningSecret, string CreatedAt)
    {
        public static NewWebhook Of(WebhookWithSecret made) => new(
            made.Webhook.Id.ToString(), made.Webhook.Url, made.Webhook.Events, made.Secret.Text, made.Secret.StandardText, made.Webhook.CreatedAt.Iso());
    }

    /// <summary>A new secret, and until when the former one signs too.</summary>
    internal sealed record RotatedSecret(
        string Id, string Secret, string SigningSecret, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PreviousUntil)
    {
        public static RotatedSecret Of(WebhookWithSecret rotated) => new(
            rotated.Webhook.Id.ToString(), rotated.Secret.Text, rotated.Secret.StandardText, rotated.Webhook.Secrets.PreviousUntil?.Iso());
    }
}
