using Microsoft.AspNetCore.Routing.Patterns;

namespace Credence.Server.Operations;

/// <summary>Answers what operators ask before routing is set up, so that the first probe after a start does not wait for hundreds of routes (design 6).</summary>
internal sealed class OperationsDoor
{
    private readonly RequestDelegate _next;
    private readonly Dictionary<string, RouteEndpoint> _public;
    private readonly Dictionary<string, RouteEndpoint> _private = new(StringComparer.Ordinal);

    /// <summary>The door in front of <paramref name="next"/>; without <paramref name="metrics"/> there is no <c>/metrics</c>.</summary>
    public OperationsDoor(RequestDelegate next, Health health, Readiness readiness, MetricsApi? metrics, bool metricsArePrivate)
    {
        _next = next;
        _public = new(StringComparer.Ordinal)
        {
            ["/health"] = Route("/health", health.HealthAsync),
            ["/health/detailed"] = Route("/health/detailed", health.DetailedAsync),
            ["/livez"] = Route("/livez", Health.LiveAsync),
            ["/readyz"] = Route("/readyz", readiness.ReadyAsync),
        };
        _public["/metrics"] = Route("/metrics", NotFoundAsync); // ours, even when it is elsewhere or off: no other door answers for it
        if (metrics is not null) (metricsArePrivate ? _private : _public)["/metrics"] = Route("/metrics", metrics.ScrapeAsync);
    }

    /// <summary>Answers GET and HEAD at its paths and passes the rest on; through the private listener there is no rest.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var isPrivate = MetricsListener.IsPrivate(context);
        var isRead = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
        if (isRead && (isPrivate ? _private : _public).TryGetValue(context.Request.Path.Value ?? "", out var route))
        {
            context.SetEndpoint(route); // the request log and the histogram read the template from it
            return route.RequestDelegate!(context);
        }

        return isPrivate ? NotFoundAsync(context) : _next(context);
    }

    private static Task NotFoundAsync(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static RouteEndpoint Route(string path, RequestDelegate answer) =>
        new(answer, RoutePatternFactory.Parse(path), 0, EndpointMetadataCollection.Empty, path);
}
