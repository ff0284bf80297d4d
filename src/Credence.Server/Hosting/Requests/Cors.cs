namespace Credence.Server.Hosting.Requests;

/// <summary>Which browsers' pages of other origins may call (contract grantex 4.5, <c>CORS_ORIGIN</c>). An unknown origin gets no header.</summary>
internal sealed class Cors(IEnumerable<string> origins)
{
    private readonly HashSet<string> _origins = new(origins, StringComparer.Ordinal);

    /// <summary>Sets what a browser must see on every answer, so that a page can also read a refusal.</summary>
    public void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.Append("Vary", "Origin");
        var origin = context.Request.Headers.Origin.ToString();
        if (origin.Length > 0 && !_origins.Contains(origin)) return;
        if (origin.Length > 0) headers.AccessControlAllowOrigin = origin;
        headers.AccessControlAllowCredentials = "true";
        headers.AccessControlExposeHeaders = "X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After, X-Request-Id";
    }

    /// <summary>Answers a preflight from an allowed origin.</summary>
    /// <param name="context">The request.</param>
    /// <param name="further">The headers of requests that one door takes and others do not.</param>
    /// <returns>Whether it did; then the request is done.</returns>
    public bool AnswersPreflight(HttpContext context, params ReadOnlySpan<string> further)
    {
        var asked = context.Request.Headers;
        if (!HttpMethods.IsOptions(context.Request.Method) || asked.AccessControlRequestMethod.Count == 0) return false;
        if (!_origins.Contains(asked.Origin.ToString())) return false;

        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET, POST, PUT, PATCH, DELETE, OPTIONS";
        headers.AccessControlAllowHeaders = string.Join(", ", ["Content-Type", "Authorization", "Idempotency-Key", .. further]);
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }
}
