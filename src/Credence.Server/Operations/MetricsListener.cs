using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Credence.Server.Operations;

/// <summary>The private listener of <c>METRICS_BIND</c>: it serves <c>/metrics</c> and nothing else, and the public one then does not (contract operations O39).</summary>
internal static class MetricsListener
{
    private static readonly Mark Private = new();

    /// <summary>Marks every connection that comes in through <paramref name="listener"/>.</summary>
    public static void MarkConnections(ListenOptions listener) => listener.Use(next => connection =>
    {
        connection.Features.Set(Private);
        return next(connection);
    });

    /// <summary>Whether a request came in through the private listener.</summary>
    public static bool IsPrivate(HttpContext context) => context.Features.Get<Mark>() is not null;

    private sealed class Mark;
}
