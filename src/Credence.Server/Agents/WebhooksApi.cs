using Credence.Agents;
using Credence.Server.Doors;
using Credence.Storage;
using Credence.Webhooks;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/webhooks</c>: where an organization is told of what happens to its agents (contract agent-idp AE-61 to AE-65).</summary>
internal static class WebhooksApi
{
    /// <summary>Where it is.</summary>
    public const string Path = AgentsDoor.Base + "/webhooks";

    private const int LongestName = 100;
    private const int ShortestSecret = 32;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        const int foreign = StatusCodes.Status404NotFound;
        routes.MapPost(Path, Create).NeedsScope(AgentScopes.WriteWebhooks).AnswersForeign(foreign);
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsScope(AgentScopes.ReadWebhooks).AnswersForeign(foreign);
        routes.MapMethods(Path + "/{webhookId}", RouteFacts.Read, Get).NeedsScope(AgentScopes.ReadWebhooks).AnswersForeign(foreign);
        routes.MapPatch(Path + "/{webhookId}", Change).NeedsScope(AgentScopes.WriteWebhooks).AnswersForeign(foreign);
        routes.MapDelete(Path + "/{webhookId}", Delete).NeedsScope(AgentScopes.WriteWebhooks).AnswersForeign(foreign);
    }

    private static async Task<IResult> Create(AgentsCall call, CreateWebhook create, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var (name, url, events) = (call.Body.Text("name", LongestName), call.Body.Text("url", WebAddress.Length), EventsOrNull(call.Body));
        if (!call.Body.Has("events")) call.Body.Refuse("events", "is required");
        var secret = call.Body.TextOrNull("secret", WebhookSecret.Longest, ShortestSecret) is { } text ? new WebhookSecret(text) : NewSecret();
        if (call.Invalid() is { } invalid) return invalid;
        var made = await create.RunAsync(call.Caller, new CreateWebhook.Input(url, events!, secret) { Name = name }, ct);
        return made.Created(with => WebhookShape.Of(with.Webhook, with.Secret), AgentsJson.Wire.WebhookShape, with => $"{Path}/{with.Webhook.Id.Value}");
    }

    private static async Task<IResult> List(AgentsCall call, Db db, CancellationToken ct)
    {
        var page = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        var all = await WebhookStore.ListAsync(db, call.Caller, ct); // twenty at most, unless an operator set otherwise
        var some = all.Skip((int)page.Skip).Take(page.Limit).Select(webhook => WebhookShape.Of(webhook)).ToList();
        return AgentsAnswers.Ok(new PageOf<WebhookShape>(some, all.Count, page.Number, page.Limit), AgentsJson.Wire.PageOfWebhookShape);
    }

    private static async Task<IResult> Get(string webhookId, AgentsCall call, Db db, CancellationToken ct)
    {
        var webhook = call.Id<Webhook>("webhookId", webhookId);
        if (call.Invalid() is { } invalid) return invalid;
        return await WebhookStore.FindAsync(db, call.Caller, webhook, ct) is { } found
            ? AgentsAnswers.Ok(WebhookShape.Of(found), AgentsJson.Wire.WebhookShape)
            : WebhookFailures.NotFound.Answer();
    }

    private static async Task<IResult> Change(string webhookId, AgentsCall call, ChangeWebhook change, Db db, CancellationToken ct)
    {
        var webhook = call.Id<Webhook>("webhookId", webhookId);
        if (call.Invalid() is { } malformed) return malformed;
        if (await WebhookStore.FindAsync(db, call.Caller, webhook, ct) is null) return WebhookFailures.NotFound.Answer();
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var input = new ChangeWebhook.Input(call.Body.TextOrNull("url", WebAddress.Length), EventsOrNull(call.Body), call.Body.FlagOrNull("active"))
        {
            Name = call.Body.TextOrNull("name", LongestName),
            Secret = call.Body.FlagOrNull("rotateSecret") == true ? NewSecret() : null,
        };
        if (call.Body.Problem is null && !Changeable.Any(call.Body.Has)) call.Body.Refuse("body", $"must have some of {string.Join(", ", Changeable)}");
        if (call.Invalid() is { } invalid) return invalid;
        return (await change.RunAsync(call.Caller, webhook, input, ct)).Ok(changed => WebhookShape.Of(changed, input.Secret), AgentsJson.Wire.WebhookShape);
    }

    private static async Task<IResult> Delete(string webhookId, AgentsCall call, DeleteWebhook delete, CancellationToken ct)
    {
        var webhook = call.Id<Webhook>("webhookId", webhookId);
        if (call.Invalid() is { } invalid) return invalid;
        return (await delete.RunAsync(call.Caller, webhook, ct)).Done();
    }

    private static readonly string[] Changeable = ["name", "url", "events", "active", "rotateSecret"];

    private static IReadOnlyList<string>? EventsOrNull(Fields body)
    {
        var events = body.TextsOrNull("events", 1, WebhookEvents.OfAgents.Count, 100);
        if (events is null) return null;
        if (events.Except(WebhookEvents.OfAgents).Any()) body.Refuse("events", $"must be some of {string.Join(", ", WebhookEvents.OfAgents)}");
        else if (events.Distinct(StringComparer.Ordinal).Count() < events.Count) body.Refuse("events", "must be different from each other");
        return events;
    }

    /// <summary>Long enough for this door.</summary>
    private static WebhookSecret NewSecret() => WebhookSecret.New();

    /// <summary>A webhook; its secret only where it is new.</summary>
    internal sealed record WebhookShape(
        Guid Id, string? Name, string Url, IReadOnlyList<string> Events, bool Active, int FailureCount, string CreatedAt, string UpdatedAt)
    {
        [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
        public string? Secret { get; init; }

        public static WebhookShape Of(Webhook webhook, WebhookSecret? secret = null) => new(
            webhook.Id.Value, webhook.Name, webhook.Url, webhook.Events, webhook.Active, webhook.FailureCount, webhook.CreatedAt.Iso(), webhook.UpdatedAt.Iso())
        {
            Secret = secret?.Text,
        };
    }
}
