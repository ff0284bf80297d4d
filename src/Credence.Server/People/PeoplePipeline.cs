using Credence.Roles;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Credence.Tokens;

namespace Credence.Server.People;

/// <summary>What happens to every call of this door before its handler: request id, address limit, bearer, permission (contract identity B.3).</summary>
internal sealed class PeoplePipeline(
    RequestDelegate next, Cors cors, CheckPersonToken check, CheckAccess access, InternalCallers callers, RateLimits limits, PeopleDoorOptions options)
{
    private static readonly PeopleRefusal NoToken = new(StatusCodes.Status401Unauthorized, "Authentication is required") { Code = "auth.unauthenticated", Challenge = "Bearer" };

    private static readonly PeopleRefusal NoSecret = NoToken with { Challenge = "Basic realm=\"identity\"" };

    private readonly TokenKid _kids = new();

    /// <summary>Takes the calls of this door; others go on untouched.</summary>
    public async Task InvokeAsync(HttpContext context)
    {
        if (context.GetEndpoint()?.Metadata is not { } route || route.GetMetadata<OfPeopleDoor>() is null)
        {
            await next(context);
            return;
        }

        RequestId.Adopt(context);
        if (cors.AnswersPreflight(context, ActiveDomain.Header, ActiveDomain.Alias, RequestId.Header)) return;
        using var call = new PeopleCall(context) { Origin = CallOrigin.Of(context), Facts = new RequestFacts() };
        context.Features.Set(call.Facts);
        context.Features.Set(call);
        var refusal = await AdmitAsync(call, route, context.RequestAborted);
        await (refusal is null ? next(context) : refusal.ExecuteAsync(context));
    }

    private async ValueTask<PeopleRefusal?> AdmitAsync(PeopleCall call, EndpointMetadataCollection route, CancellationToken ct)
    {
        if (route.GetMetadata<IsUncounted>() is not null) return null;
        if (await CountAsync(call.Http, route) is { } tooMany) return tooMany;
        if (route.GetMetadata<NeedsNoToken>() is not null) return null;
        var isBasic = InternalCallers.IsBasic(call.Http.Request.Headers.Authorization);
        if (route.GetMetadata<NeedsBasic>() is not null && !isBasic) return NoSecret;
        if (isBasic && (route.GetMetadata<TakesBasic>() is not null || route.GetMetadata<NeedsBasic>() is not null))
        {
            return await callers.AreKnownAsync(call.Http.Request.Headers.Authorization, ct) ? null : NoSecret;
        }

        if (BearerHeader.Parse(call.Http.Request.Headers.Authorization) is not { } token) return NoToken;

        var found = await check.RunAsync(token, ct);
        if (!found.Succeeded)
        {
            var refusal = found.Failure.Answer();
            return found.Failure.Kind == FailureKind.Unauthorized ? refusal with { Challenge = "Bearer error=\"invalid_token\"" } : refusal;
        }

        call.Claims = found.Value;
        call.Facts.UserId = found.Value.Person.ToString();
        call.Facts.Kid = _kids.Of(token);
        return await PermitAsync(call, route.GetMetadata<NeedsPermission>(), ct);
    }

    /// <summary>What belongs to no domain is decided in all of them, whatever the request names: a header gives nobody more than they have.</summary>
    private async ValueTask<PeopleRefusal?> PermitAsync(PeopleCall call, NeedsPermission? needed, CancellationToken ct)
    {
        if (needed is null) return null;
        if (needed.InDomain && ActiveDomain.Read(call) is { } unread) return unread;
        var subject = Subject.User(call.Claims.Person).ToString();
        if (await access.AllowsAsync(new AccessQuestion(subject, call.Domain, needed.Resource, needed.Action), ct)) return null;
        call.ActsForItself = needed.OrSelf && call.Http.GetRouteValue("id") is string id && id == call.Claims.Person.ToString();
        return call.ActsForItself ? null : RoleFailures.Forbidden.Answer();
    }

    private async ValueTask<PeopleRefusal?> CountAsync(HttpContext http, EndpointMetadataCollection route)
    {
        var seconds = route.GetMetadata<IsGuarded>() is null
            ? await limits.CountAddressAsync(http)
            : await limits.CountAddressAtRouteAsync(http, "people", options.SignInPerMinute);
        return seconds is null ? null : PeopleRefusal.TooMany(seconds.Value);
    }
}
