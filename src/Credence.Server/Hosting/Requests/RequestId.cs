namespace Credence.Server.Hosting.Requests;

/// <summary>Gives every request an id: in <c>X-Request-Id</c>, in <see cref="HttpContext.TraceIdentifier"/> and in every log line it causes.</summary>
internal sealed class RequestId(RequestDelegate next)
{
    /// <summary>The header of the answer.</summary>
    public const string Header = "X-Request-Id";

    private static readonly AsyncLocal<string?> Ambient = new();

    /// <summary>The request that this code runs for; null outside of one.</summary>
    public static string? Current => Ambient.Value;

    /// <summary>Runs the rest of the pipeline under a new id; what a caller sends as one is ignored.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var id = Guid.NewGuid().ToString();
        Ambient.Value = id;
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        return next(context);
    }
}
