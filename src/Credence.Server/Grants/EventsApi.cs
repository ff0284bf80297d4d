using System.Net.WebSockets;
using Credence.Events;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Grants.Streams;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Grants;

/// <summary><c>/v1/events</c>: what happens to an organization's grants, told as it happens (contract grantex-core 9; decision 0018).</summary>
internal static class EventsApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/events/stream", RouteFacts.Read, Stream);

        // Only this route speaks WebSocket: no other request is looked at for it.
        routes.MapGet("/v1/events/ws", routes.CreateApplicationBuilder().UseWebSockets().Use(_ => Socket).Build());
    }

    private static async Task<IResult> Stream(
        GrantsCall call, EventFeed feed, StreamPlaces places, StreamLife life, EventStreamOptions options, TimeProvider clock, CancellationToken ct)
    {
        var asked = StreamRequest.Read(call);
        if (!asked.Succeeded) return asked.Failure.Answer();
        if (HttpMethods.IsHead(call.Http.Request.Method))
        {
            EventLines.Describe(call.Http.Response);
            return TypedResults.Empty;
        }

        await using var place = await places.TakeAsync("sse", call.Caller.Organization.ToString(), ct);
        if (place is null)
        {
            call.Http.Response.Headers.RetryAfter = $"{StreamPlaces.Life.TotalSeconds:0}";
            return EventFailures.TooManyStreams.Answer();
        }

        var opened = await asked.Value.OpenAsync(feed, call, ct);
        if (!opened.Succeeded) return opened.Failure.Answer();
        using var stream = opened.Value;
        var lines = new EventLines(call.Http, asked.Value.Resumable, options.KeepAlive, clock);
        await lines.BeginAsync(ct);
        await life.RunAsync(call, stream, lines, ct);
        return TypedResults.Empty;
    }

    private static async Task Socket(HttpContext http)
    {
        var refused = http.WebSockets.IsWebSocketRequest ? await SocketAsync(http.Features.Get<GrantsCall>()!, http.RequestServices) : UnknownPaths.Answer(http);
        if (refused is not null) await refused.ExecuteAsync(http);
    }

    /// <returns>Why the upgrade is refused; null when it was not.</returns>
    private static async Task<IResult?> SocketAsync(GrantsCall call, IServiceProvider services)
    {
        var ct = call.Http.RequestAborted;
        var asked = StreamRequest.Read(call);
        if (!asked.Succeeded) return asked.Failure.Answer();

        await using var place = await services.GetRequiredService<StreamPlaces>().TakeAsync("ws", call.Caller.Organization.ToString(), ct);
        var opened = await asked.Value.OpenAsync(services.GetRequiredService<EventFeed>(), call, ct);
        if (!opened.Succeeded) return opened.Failure.Answer();
        using var stream = opened.Value;

        using var socket = await AcceptAsync(call.Http, services);
        var wire = new EventSocket(socket);
        if (place is null)
        {
            await wire.RefuseAsync();
            return null;
        }

        using var left = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var receiving = ReceiveAsync(wire, stream, left);
        var end = await services.GetRequiredService<StreamLife>().RunAsync(call, stream, wire, left.Token);
        await wire.CloseAsync(end, receiving);
        return null;
    }

    private static async Task<WebSocket> AcceptAsync(HttpContext http, IServiceProvider services)
    {
        RateLimits.Hide(http.Response.Headers);
        var alive = services.GetRequiredService<EventStreamOptions>().KeepAlive;
        var socket = await http.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { KeepAliveInterval = alive, KeepAliveTimeout = alive });
        http.Features.Set(new AnswerBegun(services.GetRequiredService<TimeProvider>().GetTimestamp()));
        return socket;
    }

    private static async Task ReceiveAsync(EventSocket wire, EventReader stream, CancellationTokenSource left)
    {
        await wire.ReceiveAsync(stream, CancellationToken.None);
        await left.CancelAsync();
    }
}
