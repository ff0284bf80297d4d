using Credence.Server.Doors;
using Credence.Telemetry;
using Credence.Tokens;

namespace Credence.Server.ForwardAuth;

/// <summary><c>/verify</c>, which a proxy asks for each request that it may let through, and its public alias (contract forward-auth FA-3, FA-4). Memory only.</summary>
internal static class VerifyApi
{
    private const string Realm = "Bearer realm=\"auth-service\"";

    private static readonly ForwardAuthRefusal Missing = new(StatusCodes.Status401Unauthorized, "missing bearer token") { Challenge = Realm };
    private static readonly ForwardAuthRefusal Invalid = new(StatusCodes.Status401Unauthorized, "invalid token") { Challenge = $"{Realm}, error=\"invalid_token\"" };

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes, ForwardAuthOptions options)
    {
        Serve("/verify");
        if (options.HasPublicVerify) Serve("/auth/verify");

        void Serve(string path)
        {
            routes.MapMethods(path, MethodRefusal.Reads, Verify);
            routes.Map(path, MethodRefusal.Read);
        }
    }

    private static IResult Verify(HttpContext context, CheckForwardToken check, Metrics metrics, TimeProvider clock)
    {
        var began = clock.GetTimestamp();
        var (result, answer) = Decide(context, check);
        metrics.ForwardVerified(result, clock.GetElapsedTime(began));
        return answer;
    }

    private static (string Result, IResult Answer) Decide(HttpContext context, CheckForwardToken check)
    {
        if (context.Request.Headers.Authorization.Count == 0) return ("missing", Missing);
        if (BearerHeader.Parse(context.Request.Headers.Authorization) is not { } token) return ("missing", Missing);
        var found = check.Run(token, CheckForwardToken.MostStale);
        if (!found.Succeeded)
        {
            return found.Failure.Kind == FailureKind.Unauthorized ? (found.Failure.Code, Invalid) : ("error", ForwardAuthRefusal.Of(found.Failure));
        }

        context.Response.Headers["X-User-Id"] = found.Value.Subject;
        context.Response.Headers["X-User-Role"] = found.Value.Role;
        return ("ok", JsonAnswer.Of(StatusCodes.Status200OK, new Verified(true, found.Value.Subject), ForwardAuthJson.Wire.Verified));
    }

    /// <summary>The answer.</summary>
    internal sealed record Verified(bool Ok, string UserId);
}
