using Credence.Gateways;
using Microsoft.Extensions.Primitives;

namespace Credence.Server.ForwardAuth;

/// <summary>The request that a proxy asks about, in either of the two ways there are to say it.</summary>
/// <param name="Request">The request.</param>
/// <param name="IsSubrequest">Whether it came as <c>X-Original-URL</c> and <c>X-Original-Method</c>, as of nginx, else as <c>X-Forwarded-…</c>, as of Traefik and Caddy.</param>
internal sealed record Asked(AskedRequest Request, bool IsSubrequest)
{
    /// <summary>Reads it.</summary>
    /// <returns>Null when a part is missing, is there twice, or is said in both ways: then it cannot be told.</returns>
    public static Asked? Read(HttpRequest request)
    {
        var headers = request.Headers;
        var forwarded = headers.ContainsKey("X-Forwarded-Uri") || headers.ContainsKey("X-Forwarded-Method");
        if (!headers.ContainsKey("X-Original-URL")) return OfForwarded(request);
        return forwarded ? null : OfOriginal(headers);
    }

    /// <summary>Whether a person waits for a page in a browser.</summary>
    public bool IsPageView(HttpRequest request) =>
        Request.Method == HttpMethods.Get && request.Headers.Accept.ToString().Contains("text/html", StringComparison.OrdinalIgnoreCase);

    private static Asked? OfForwarded(HttpRequest request)
    {
        var headers = request.Headers;
        if (One(headers["X-Forwarded-Method"]) is not { } method || One(headers["X-Forwarded-Host"]) is not { } host || One(headers["X-Forwarded-Uri"]) is not { } target) return null;
        return IsHost(host) ? new Asked(new AskedRequest(method, request.Scheme, host, target), IsSubrequest: false) : null; // the scheme is what the proxy said
    }

    private static Asked? OfOriginal(IHeaderDictionary headers)
    {
        if (One(headers["X-Original-Method"]) is not { } method || One(headers["X-Original-URL"]) is not { } address) return null;
        var scheme = address.StartsWith("https://", StringComparison.Ordinal) ? "https" : address.StartsWith("http://", StringComparison.Ordinal) ? "http" : null;
        if (scheme is null) return null;
        var rest = address[(scheme.Length + 3)..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0 || !IsHost(rest[..slash])) return null;
        return new Asked(new AskedRequest(method, scheme, rest[..slash], rest[slash..]), IsSubrequest: true);
    }

    private static string? One(StringValues header) => header is [{ Length: > 0 } text] ? text : null;

    private static bool IsHost(string host) => host.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '.' or '-' or ':' or '[' or ']' or '_');
}
