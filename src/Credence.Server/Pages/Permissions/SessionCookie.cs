using Credence.Principals;

namespace Credence.Server.Pages.Permissions;

/// <summary>
/// Where the browser keeps the session token: no script can read it, no other site can send it with a form, and only this page gets it. Lax rather than
/// strict, because with strict a link opened from a mail would find nobody after the page's own redirect.
/// </summary>
internal sealed class SessionCookie(PagesOptions options, CheckSession check)
{
    /// <summary>The browser has none.</summary>
    public static readonly Failure None = new(FailureKind.Unauthorized, "UNAUTHORIZED", "There is no session");

    private bool Secure => options.PublicBaseUrl.Scheme == Uri.UriSchemeHttps;

    private string Name => Secure ? "__Secure-credence-permissions" : "credence-permissions"; // with the prefix, only https can have set it

    /// <summary>Keeps the token for as long as the session lasts.</summary>
    public void Keep(HttpContext http, string token, PrincipalSession session) => http.Response.Cookies.Append(Name, token, Facts(session.ExpiresAt));

    /// <summary>Forgets it.</summary>
    public void Forget(HttpContext http) => http.Response.Cookies.Delete(Name, Facts(expires: null));

    /// <returns>The session; <see cref="None"/>, or why what the browser has is none.</returns>
    public ValueTask<Result<PrincipalSession>> ReadAsync(HttpContext http, CancellationToken ct) =>
        http.Request.Cookies[Name] is { Length: > 0 } token ? check.RunAsync(token, ct) : ValueTask.FromResult<Result<PrincipalSession>>(None);

    private CookieOptions Facts(DateTimeOffset? expires) => new()
    {
        Path = PermissionsPage.Path,
        HttpOnly = true,
        Secure = Secure,
        SameSite = SameSiteMode.Lax,
        Expires = expires,
    };
}
