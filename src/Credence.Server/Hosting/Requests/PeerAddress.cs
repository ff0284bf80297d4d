using System.Net;

namespace Credence.Server.Hosting.Requests;

/// <summary>Who holds the other end of the connection, whatever headers say.</summary>
internal sealed record PeerAddress(IPAddress? Address)
{
    /// <summary>Where it matters who asks, and not for whom.</summary>
    public const string Path = "/forward-auth";

    /// <summary>Keeps it.</summary>
    public static Task KeepAsync(HttpContext context, RequestDelegate next)
    {
        if (context.Request.Path == Path) context.Features.Set(new PeerAddress(context.Connection.RemoteIpAddress));
        return next(context);
    }
}
