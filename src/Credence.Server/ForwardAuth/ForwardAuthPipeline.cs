using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.ForwardAuth;

/// <summary>Endpoint metadata: this endpoint belongs to the forward-auth door, so its pipeline runs before it.</summary>
internal sealed record OfForwardAuthDoor;

/// <summary>What happens to every call of this door before its handler: request id, preflight, address limit. What proxies ask is not counted: they ask for everybody.</summary>
internal sealed class ForwardAuthPipeline(RequestDelegate next, Cors cors, RateLimits limits, ForwardAuthOptions options)
{
    /// <summary>Takes the calls of this door; others go on untouched.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } route || route.GetMetadata<OfForwardAuthDoor>() is null)
        {
            await next(context);
            return;
        }

        RequestId.Adopt(context);
        if (cors.AnswersPreflight(context)) return;
        if (route.GetMetadata<IsGuarded>() is not null && await limits.CountAddressAtRouteAsync(context, "forward-auth", options.CallsPerMinute) is { } seconds)
        {
            await ForwardAuthRefusal.TooMany(seconds).ExecuteAsync(context);
            return;
        }

        await next(context);
    }
}
