using System.Security.Cryptography;
using System.Text;
using Credence.People;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary>Somebody who is signed in with the browser that a request came from.</summary>
/// <param name="Signed">Who, and where.</param>
/// <param name="FormToken">What every form of theirs carries: only a page of this server that was shown to this very session can know it.</param>
/// <param name="Caller">They, as who does what the request asks.</param>
internal sealed record Visitor(BrowserSession Signed, string FormToken, PersonCaller Caller)
{
    /// <summary>Whether a form was written for this session.</summary>
    public bool Wrote(string? token) =>
        token is not null && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token), Encoding.UTF8.GetBytes(FormToken));
}

/// <summary>
/// Where the browser keeps that somebody is signed in: no script can read it, and no other site can send it with a form. Lax rather than strict, because with
/// strict somebody who comes from a developer's site to the consent page would seem signed out.
/// </summary>
internal sealed class AccountCookie(PagesOptions options, VisitCookie visit, FindBrowserSession find)
{
    private bool Secure => options.PublicBaseUrl.Scheme == Uri.UriSchemeHttps;

    private string Name => Secure ? "__Host-credence-account" : "credence-account"; // with the prefix, only this host over https can have set it

    /// <summary>A session begins in this browser; one that went on there before ends, since its cookie is overwritten.</summary>
    public async Task BeginAsync(HttpContext http, SignedIn signed, SignOut signOut, CancellationToken ct)
    {
        var before = await ReadAsync(http, ct);
        if (before is not null) await signOut.RunAsync(before.Caller, before.Caller.Session, ct);
        http.Response.Cookies.Append(Name, signed.RefreshToken, Facts(signed.RefreshExpiresAt));
        if (before is not null) visit.Forget(http);
    }

    /// <summary>Forgets it, and what the browser shows to proxies.</summary>
    public void Forget(HttpContext http)
    {
        http.Response.Cookies.Delete(Name, Facts(expires: null));
        visit.Forget(http);
    }

    /// <returns>Who is signed in, or null.</returns>
    public async Task<Visitor?> ReadAsync(HttpContext http, CancellationToken ct)
    {
        if (http.Request.Cookies[Name] is not { Length: > 0 } secret || await find.RunAsync(secret, ct) is not { } signed) return null;
        return new Visitor(signed, Secret.Hash($"form {secret}"), signed.Caller(CallOrigin.Of(http)));
    }

    private CookieOptions Facts(DateTimeOffset? expires) => new()
    {
        Path = "/",
        HttpOnly = true,
        Secure = Secure,
        SameSite = SameSiteMode.Lax,
        Expires = expires,
    };
}
