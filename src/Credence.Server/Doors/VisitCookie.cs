namespace Credence.Server.Doors;

/// <summary>The cookie in which a browser shows to the proxies that ask at <c>/forward-auth</c> who is signed in with it (contract standards 11).</summary>
/// <param name="Name"><c>FORWARD_AUTH_COOKIE</c>.</param>
/// <param name="Domain"><c>FORWARD_AUTH_COOKIE_DOMAIN</c>: the domain whose hosts get it; null for the host of the pages alone.</param>
/// <param name="PublicBase">Where the pages are.</param>
internal sealed record VisitCookie(string Name, string? Domain, Uri PublicBase)
{
    /// <summary>Whether a browser sends it to that host.</summary>
    public bool Reaches(string host) => Domain is null
        ? host.Equals(PublicBase.Host, StringComparison.OrdinalIgnoreCase)
        : host.Equals(Domain, StringComparison.OrdinalIgnoreCase) || host.EndsWith($".{Domain}", StringComparison.OrdinalIgnoreCase);

    /// <summary>Keeps what it holds until it counts no more.</summary>
    public void Set(HttpContext http, string token, DateTimeOffset expires) => http.Response.Cookies.Append(Name, token, Facts(expires));

    /// <summary>Forgets it.</summary>
    public void Forget(HttpContext http) => http.Response.Cookies.Delete(Name, Facts(expires: null));

    /// <summary>Lax: a link from elsewhere leads to the page that it names, and a form from elsewhere comes as from nobody.</summary>
    private CookieOptions Facts(DateTimeOffset? expires) => new()
    {
        Path = "/",
        Domain = Domain,
        HttpOnly = true,
        Secure = PublicBase.Scheme == Uri.UriSchemeHttps,
        SameSite = SameSiteMode.Lax,
        Expires = expires,
    };
}
