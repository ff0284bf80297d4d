namespace Credence.Server.Hosting.Requests;

/// <summary>Gives every request an id: in <c>X-Request-Id</c>, in <see cref="HttpContext.TraceIdentifier"/> and in every log line it causes.</summary>
internal sealed class RequestId(RequestDelegate next)
{
    /// <summary>The header of the answer.</summary>
    public const string Header = "X-Request-Id";

    private const int Longest = 128;

    private static readonly AsyncLocal<Holder?> Ambient = new();

    /// <summary>The request that this code runs for; null outside of one.</summary>
    public static string? Current => Ambient.Value?.Id;

    /// <summary>Runs the rest of the pipeline under a new id; what a caller sends as one is ignored, unless its door adopts it.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        var id = Guid.NewGuid().ToString();
        Ambient.Value = new Holder { Id = id };
        context.TraceIdentifier = id;
        context.Response.Headers[Header] = id;
        return next(context);
    }

    /// <summary>Takes the id that the caller sent, where there is one that can be written anywhere (contract identity B.3).</summary>
    public static void Adopt(HttpContext context)
    {
        if (context.Request.Headers[Header] is not [{ Length: > 0 and <= Longest } sent] || !sent.All(IsPlain)) return;
        if (Ambient.Value is { } holder) holder.Id = sent;
        context.TraceIdentifier = sent;
        context.Response.Headers[Header] = sent;
    }

    private static bool IsPlain(char sign) => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '-';

    /// <summary>So that an id that is adopted deep in the pipeline is known outside of it too.</summary>
    private sealed class Holder
    {
        public required string Id { get; set; }
    }
}
