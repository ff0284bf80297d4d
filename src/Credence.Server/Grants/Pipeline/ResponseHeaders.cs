namespace Credence.Server.Grants.Pipeline;

/// <summary>The headers that every answer of an API carries, refusals included (contract grantex 4.5).</summary>
internal static class ResponseHeaders
{
    /// <summary>Sets them; a page that needs its own content security policy replaces that one.</summary>
    public static void Apply(IHeaderDictionary headers)
    {
        headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers.XXSSProtection = "0";
        headers["Referrer-Policy"] = "strict-origin-when-cross-origin";
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()";
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'";
    }
}
