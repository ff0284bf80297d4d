using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.ForwardAuth;

/// <summary><c>/healthz</c>: whether the database answers within two seconds (contract forward-auth FA-6).</summary>
internal static class HealthApi
{
    private static readonly ForwardAuthRefusal Failing = new(StatusCodes.Status503ServiceUnavailable, "db health check failed");

    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/healthz", MethodRefusal.Reads, HealthAsync);
        routes.Map("/healthz", MethodRefusal.Read);
    }

    private static async Task HealthAsync(HttpContext context, Probes probes)
    {
        if (await probes.DatabaseAnswersAsync(context.RequestAborted)) await Answer.BytesAsync(context, StatusCodes.Status200OK, "ok\n"u8.ToArray(), "text/plain; charset=utf-8");
        else await Failing.ExecuteAsync(context);
    }
}
