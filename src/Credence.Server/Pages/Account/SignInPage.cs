using Credence.Gateways;
using Credence.People;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary>What the sign-in form shows.</summary>
/// <param name="Next">Where to go on afterwards, or null.</param>
/// <param name="Typed">What was typed before.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
/// <param name="Said">What happened before; null when nothing did.</param>
/// <param name="As">Who is signed in now, whose session ends with another's beginning; null when nobody is.</param>
public sealed record SignInAsked(string? Next, string Typed = "", string? Problem = null, string? Said = null, string? As = null);

/// <summary><c>/account/sign-in</c>: the same operation as the people door's, with the same limits and the same answer to whatever is wrong (contract identity ID-11).</summary>
internal static class SignInPage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/sign-in";

    private const int LongestIdentifier = 320, LongestPassword = 1024;

    /// <summary>Maps the page and its form.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, SignIn);
    }

    /// <summary>Somebody must sign in first, and comes back to <paramref name="next"/>.</summary>
    public static SeeOther For(string next) => new(LocalReturn.With(Path, next));

    /// <summary>Somebody's sign-in is too old for <paramref name="next"/>.</summary>
    public static SeeOther Again(string next) => new(LocalReturn.With(Path, next) + "&said=fresh");

    /// <summary>Nobody is signed in, and something has happened.</summary>
    public static SeeOther Saying(string said) => new($"{Path}?said={said}");

    /// <summary>What a redirect says has happened; null when it says nothing.</summary>
    public static string? Said(string? word) => word switch
    {
        "welcome" => "Your account is ready. Sign in with your user name and your password.",
        "again" => "That took too long, or was tried too often. Sign in once more.",
        "signed-out" => "You signed out.",
        "fresh" => "Sign in once more: what you want to change takes a sign-in within the last five minutes.",
        "verified" => "Your e-mail address is confirmed.",
        "expired" => "That link has expired, or was used before.",
        "recovered" => "You have another password now. Sign in with it.",
        "no-way-back" => "The way back to the page that you wanted is closed. Sign in, and open it once more.",
        _ => null,
    };

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, ReturnTickets tickets, CancellationToken ct)
    {
        var visitor = await cookie.ReadAsync(http, ct);
        var ticket = http.Request.Query["return"].ToString(); // of /forward-auth
        var next = ticket.Length > 0 ? OnwardPage.For(ticket, tickets) : LocalReturn.Read(http.Request.Query["next"]);
        var word = ticket.Length > 0 && next is null ? "no-way-back" : http.Request.Query["said"].ToString();
        var isBad = word is "no-way-back" or "expired";
        return Ask(new SignInAsked(next, Problem: isBad ? Said(word) : null, Said: isBad ? null : Said(word), As: visitor?.Signed.Name), StatusCodes.Status200OK);
    }

    private static async Task<IResult> SignIn(
        HttpContext http, PagesOptions options, RateLimits limits, AccountCookie cookie, SecondStepCookie second, SignInWithPassword signIn, SignOut signOut, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return AccountNotices.ForeignForm.Page();
        var (form, refused) = await FormFields.ReadAsync(http, ct);
        if (form is null) return AccountNotices.BadForm(refused).Page();
        var (who, password, next) = (form["who"].Trim(), form["password"], LocalReturn.Read(form["next"]));
        if (await limits.CountAddressAsync(http, $"pages:{Path}", options.SignInPerMinute) is { } seconds)
        {
            return Ask(new SignInAsked(next, who, AccountNotices.TooOften(seconds)), StatusCodes.Status429TooManyRequests);
        }

        if (who.Length is 0 or > LongestIdentifier || password.Length is 0 or > LongestPassword) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        var input = new SignInWithPassword.Input(SchemeOf(who), who, password, null, CallOrigin.Of(http), ClientAddress.Of(http.Connection.RemoteIpAddress));
        var signed = await signIn.RunAsync(input, ct);
        if (!signed.Succeeded)
        {
            return Ask(new SignInAsked(next, who, AccountNotices.Problem(signed.Failure)), AccountNotices.Told(http, signed.Failure));
        }

        if (signed.Value is SecondStep step)
        {
            second.Begin(http, step);
            return SecondStepPage.For(next);
        }

        await cookie.BeginAsync(http, (SignedIn)signed.Value, signOut, ct);
        return new SeeOther(next ?? AccountPage.Path);
    }

    private static Page<SignInForm> Ask(SignInAsked asked, int status) => new(status, asked);

    /// <summary>An address has an @, a number begins with its country, and anything else is a user name.</summary>
    public static IdentifierScheme SchemeOf(string who) =>
        who.Contains('@') ? IdentifierScheme.Email : who[0] == '+' ? IdentifierScheme.PhoneNumber : IdentifierScheme.Username;
}
