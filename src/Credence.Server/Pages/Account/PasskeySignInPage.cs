using Credence.Server.Hosting.Requests;
using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary>What a browser needs to ask for a passkey.</summary>
/// <param name="Next">Where to go on afterwards, or null.</param>
/// <param name="Challenge">The challenge to name in the answer.</param>
/// <param name="Options">What the browser is told, JSON.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
public sealed record PasskeyAsked(string? Next, string Challenge, string Options, string? Problem);

/// <summary><c>/account/sign-in/passkey</c>: signing in with a passkey, without a user name (contract standards 18).</summary>
internal static class PasskeySignInPage
{
    /// <summary>Where it is.</summary>
    public const string Path = SignInPage.Path + "/passkey";

    /// <summary>Maps the page and its form.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, SignIn);
    }

    private static async Task<IResult> Show(HttpContext http, SignInWithPasskey signIn, CancellationToken ct) =>
        await AskAsync(signIn, LocalReturn.Read(http.Request.Query["next"]), problem: null, StatusCodes.Status200OK, ct);

    private static async Task<IResult> SignIn(
        HttpContext http, PagesOptions options, RateLimits limits, AccountCookie cookie, SignInWithPasskey signIn, SignOut signOut, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return AccountNotices.ForeignForm.Page();
        var (form, refused) = await FormFields.ReadAsync(http, ct);
        if (form is null) return AccountNotices.BadForm(refused).Page();
        var next = LocalReturn.Read(form["next"]);
        if (await limits.CountAddressAsync(http, $"pages:{SignInPage.Path}", options.SignInPerMinute) is { } seconds)
        {
            return await AskAsync(signIn, next, AccountNotices.TooOften(seconds), StatusCodes.Status429TooManyRequests, ct);
        }

        if (PasskeyField.Read(form["passkey"]) is not { } passkey) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        var signed = await signIn.FinishAsync(passkey.Challenge, passkey.Response, CallOrigin.Of(http), ct);
        if (!signed.Succeeded)
        {
            return await AskAsync(signIn, next, "That passkey did not sign you in. Try again, or use your password.", StatusCodes.Status401Unauthorized, ct);
        }

        await cookie.BeginAsync(http, signed.Value, signOut, ct);
        return new SeeOther(next ?? AccountPage.Path);
    }

    private static async Task<IResult> AskAsync(SignInWithPasskey signIn, string? next, string? problem, int status, CancellationToken ct)
    {
        var begun = await signIn.BeginAsync(ct);
        return new Page<PasskeySignInForm>(status, new PasskeyAsked(next, begun.Challenge.Id.ToString(), begun.Json, problem));
    }
}
