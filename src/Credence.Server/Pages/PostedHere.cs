namespace Credence.Server.Pages;

/// <summary>Whether a form was posted from a page of this server, as far as the browser tells; other programs tell nothing and have no cookie to abuse.</summary>
internal static class PostedHere
{
    /// <summary>Judges by <c>Sec-Fetch-Site</c> (Fetch Metadata) and <c>Origin</c> (RFC 6454 section 7).</summary>
    /// <param name="request">The post.</param>
    /// <param name="publicBase">The address under which people reach this server; a proxy may have rewritten the request's host.</param>
    public static bool Test(HttpRequest request, Uri publicBase)
    {
        string? site = request.Headers["Sec-Fetch-Site"], origin = request.Headers.Origin;
        if (site is not (null or "same-origin" or "none")) return false;
        if (origin is null) return true;
        if (!Uri.TryCreate(origin, UriKind.Absolute, out var from)) return false; // "null" is a page that hides where it comes from

        // The request's own scheme says nothing behind a proxy that ends TLS, so only the authority is compared with its host.
        return from.Authority.Equals(publicBase.Authority, StringComparison.OrdinalIgnoreCase)
            || from.Authority.Equals(Authority(request), StringComparison.OrdinalIgnoreCase);
    }

    private static string? Authority(HttpRequest request) =>
        Uri.TryCreate($"{request.Scheme}://{request.Host.Value}", UriKind.Absolute, out var own) ? own.Authority : null;
}
