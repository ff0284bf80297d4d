namespace Credence.Server.Hosting.Requests;

/// <summary>The headers that every answer of every door carries, refusals included (contract grantex 4.5). What a page has set itself, it keeps.</summary>
internal sealed class AnswerHeaders(RequestDelegate next, Cors cors)
{
    /// <summary>Runs the request, and adds them at the last moment, so that whoever words the answer cannot lose them.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        context.Response.OnStarting(AddAsync, context);
        return next(context);
    }

    private Task AddAsync(object state)
    {
        var context = (HttpContext)state;
        var headers = context.Response.Headers;
        headers.TryAdd("Strict-Transport-Security", "max-age=31536000; includeSubDomains");
        headers.TryAdd("X-Content-Type-Options", "nosniff");
        headers.TryAdd("X-Frame-Options", "DENY");
        headers.TryAdd("X-XSS-Protection", "0");
        headers.TryAdd("Referrer-Policy", "strict-origin-when-cross-origin");
        headers.TryAdd("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
        headers.TryAdd("Cache-Control", "no-store");
        headers.TryAdd("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; base-uri 'none'");
        cors.Apply(context);
        return Task.CompletedTask;
    }
}
