using Credence.Audit;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Credence.Tokens;

namespace Credence.Server.People;

/// <summary>What happens to every call of this door before its handler: request id, address limit, bearer (contract identity B.3).</summary>
internal sealed class PeoplePipeline(RequestDelegate next, Cors cors, CheckPersonToken check, RateLimits limits, PeopleDoorOptions options)
{
    private const int LongestUserAgent = AuditOrigin.LongestUserAgent;

    private static readonly PeopleRefusal NoToken = new(StatusCodes.Status401Unauthorized, "Authentication is required") { Code = "auth.unauthenticated", Challenge = "Bearer" };

    /// <summary>Takes the calls of this door; others go on untouched.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } route || route.GetMetadata<OfPeopleDoor>() is null)
        {
            await next(context);
            return;
        }

        RequestId.Adopt(context);
        if (cors.AnswersPreflight(context)) return;
        using var call = new PeopleCall(context) { Origin = OriginOf(context) };
        context.Features.Set(call);
        var refusal = await AdmitAsync(call, route, context.RequestAborted);
        await (refusal is null ? next(context) : refusal.ExecuteAsync(context));
    }

    private async ValueTask<PeopleRefusal?> AdmitAsync(PeopleCall call, EndpointMetadataCollection route, CancellationToken ct)
    {
        if (route.GetMetadata<IsUncounted>() is not null) return null;
        if (await CountAsync(call.Http, route) is { } tooMany) return tooMany;
        if (route.GetMetadata<NeedsNoToken>() is not null) return null;
        if (BearerHeader.Parse(call.Http.Request.Headers.Authorization) is not { } token) return NoToken;

        var found = await check.RunAsync(token, ct);
        if (!found.Succeeded)
        {
            var refusal = found.Failure.Answer();
            return found.Failure.Kind == FailureKind.Unauthorized ? refusal with { Challenge = "Bearer error=\"invalid_token\"" } : refusal;
        }

        call.Claims = found.Value;
        return null;
    }

    private async ValueTask<PeopleRefusal?> CountAsync(HttpContext http, EndpointMetadataCollection route)
    {
        var seconds = route.GetMetadata<IsGuarded>() is null
            ? await limits.CountAddressAsync(http)
            : await limits.CountAddressAsync(http, $"people:{((RouteEndpoint)http.GetEndpoint()!).RoutePattern.RawText}", options.SignInPerMinute);
        return seconds is null ? null : PeopleRefusal.TooMany(seconds.Value);
    }

    private static AuditOrigin OriginOf(HttpContext http)
    {
        var program = http.Request.Headers.UserAgent.ToString();
        if (program.Length > LongestUserAgent) program = program[..LongestUserAgent];
        return new(http.Connection.RemoteIpAddress?.ToString(), program.Length > 0 ? program : null);
    }
}
