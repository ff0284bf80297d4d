using Credence.Gateways;
using Credence.Server.Hosting.Requests;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Credence.Server.ForwardAuth;

/// <summary><c>/forward-auth</c>: what a proxy asks for a request of anybody, person or agent, to a service behind it (contract standards 11).</summary>
internal static class GatewayApi
{
    /// <summary>Maps the route. A proxy may ask with the method of the request it asks about.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Map(PeerAddress.Path, AskAsync);

    private static async Task<IResult> AskAsync(
        HttpContext context, AdmitRequest admit, AssertVisitor assert, ReturnTickets tickets, ForwardAuthOptions options, CancellationToken ct)
    {
        if (options.Proxies?.Include(context.Features.Get<PeerAddress>()?.Address) != true) return new ForwardAuthRefusal(StatusCodes.Status403Forbidden, "only a proxy that is trusted may ask");
        if (Asked.Read(context.Request) is not { } asked) return new ForwardAuthRefusal(StatusCodes.Status403Forbidden, "the request that is asked about cannot be told");
        var shown = Shown.Read(context.Request, options.Cookie);
        if (shown.IsSeveral) return Refuse(asked, new ForwardAuthRefusal(StatusCodes.Status400BadRequest, "more than one credential"));

        var admitted = shown.IsMalformed && admit.IsProtected(asked.Request) ? GatewayFailures.Invalid : await admit.RunAsync(asked.Request, shown.Token, ct);
        if (admitted.Succeeded) return Admit(context, admitted.Value, assert.Run(admitted.Value, asked.Request.Origin));
        var isNobody = admitted.Failure == GatewayFailures.NoToken || (shown.IsCookie && admitted.Failure == GatewayFailures.Invalid); // a session that ended leaves its cookie
        if (isNobody && asked.IsPageView(context.Request))
        {
            var address = $"{options.SignInUrl}?return={tickets.Sign(asked.Request)}";
            if (!asked.IsSubrequest) return TypedResults.Redirect(address);
            context.Response.Headers["Auth-Sign-In"] = address; // where the proxy would make a failure of a redirect, it is told where to send the browser
        }

        return Refuse(asked, ForwardAuthRefusal.Of(admitted.Failure) with { Challenge = ChallengeOf(admitted.Failure) });
    }

    private static Ok Admit(HttpContext context, Visitor visitor, string assertion)
    {
        IdentityHeaders.Set(context.Response.Headers, visitor, assertion);
        return TypedResults.Ok();
    }

    /// <summary>nginx knows 401 and 403, and makes a 500 of anything else.</summary>
    private static ForwardAuthRefusal Refuse(Asked asked, ForwardAuthRefusal refusal) =>
        asked.IsSubrequest && refusal.Status != StatusCodes.Status401Unauthorized ? refusal with { Status = StatusCodes.Status403Forbidden } : refusal;

    /// <summary>RFC 6750 3.</summary>
    private static string? ChallengeOf(Failure failure)
    {
        if (failure == GatewayFailures.NoToken) return "Bearer";
        return failure.Kind == FailureKind.Unauthorized || failure == GatewayFailures.NotEnough ? $"Bearer error=\"{failure.Code}\"" : null;
    }
}
