using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary>Where the browser keeps, for five minutes, that somebody passed the first factor: no address and no page has it in it.</summary>
internal sealed class SecondStepCookie(PagesOptions options)
{
    private bool Secure => options.PublicBaseUrl.Scheme == Uri.UriSchemeHttps;

    private string Name => Secure ? "__Host-credence-second-step" : "credence-second-step";

    /// <summary>The second step begins.</summary>
    public void Begin(HttpContext http, SecondStep step) => http.Response.Cookies.Append(Name, step.Token, Facts(step.ExpiresAt));

    /// <summary>What the first step gave; empty when there was none.</summary>
    public string Read(HttpContext http) => http.Request.Cookies[Name] ?? "";

    /// <summary>It is over.</summary>
    public void Forget(HttpContext http) => http.Response.Cookies.Delete(Name, Facts(expires: null));

    private CookieOptions Facts(DateTimeOffset? expires) => new() { Path = "/", HttpOnly = true, Secure = Secure, SameSite = SameSiteMode.Lax, Expires = expires };
}
