using Credence.OneTimeCodes;
using Credence.Passwords;
using Credence.People;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary>What the form for a forgotten password shows first.</summary>
/// <param name="Next">Where to go on once signed in, or null.</param>
/// <param name="Typed">What was typed before.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
public sealed record RecoverAsked(string? Next, string Typed = "", string? Problem = null);

/// <summary>What it shows last.</summary>
/// <param name="Next">Where to go on once signed in, or null.</param>
/// <param name="ResetToken">What a password is set with, once.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
public sealed record NewPasswordAsked(string? Next, string ResetToken, string? Problem = null);

/// <summary>
/// <c>/account/recover</c>: another password for who lost theirs, by the same operation as the people door's (contract identity ID-26 to ID-28): an identifier that
/// nobody has looks like one that somebody has. What one step gives the next travels in the form: an address would be kept by histories and logs.
/// </summary>
internal static class RecoverPage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/recover";

    private const int LongestIdentifier = 320, LongestReset = 128;

    /// <summary>Maps the page and its forms.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], IResult (HttpContext http) => Ask(new RecoverAsked(LocalReturn.Read(http.Request.Query["next"])), StatusCodes.Status200OK));
        routes.MapPost(Path, Act);
    }

    private static async Task<IResult> Act(HttpContext http, PagesOptions options, RateLimits limits, RecoverPassword recover, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return AccountNotices.ForeignForm.Page();
        var (form, refused) = await FormFields.ReadAsync(http, ct);
        if (form is null) return AccountNotices.BadForm(refused).Page();
        var (step, next) = (form["do"], LocalReturn.Read(form["next"]));
        if (step is not ("request" or "prove" or "reset")) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        if (await limits.CountAddressAsync(http, $"pages:{Path}:{step}", options.SignInPerMinute) is { } seconds)
        {
            return Ask(new RecoverAsked(next, form["who"], AccountNotices.TooOften(seconds)), StatusCodes.Status429TooManyRequests);
        }

        return step switch
        {
            "request" => await RequestAsync(http, form, next, recover, ct),
            "prove" => await ProveAsync(http, form, next, recover, ct),
            _ => await ResetAsync(http, form, next, recover, ct),
        };
    }

    private static async Task<IResult> RequestAsync(HttpContext http, FormFields form, string? next, RecoverPassword recover, CancellationToken ct)
    {
        var who = form["who"].Trim();
        if (who.Length is 0 or > LongestIdentifier) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        var scheme = SignInPage.SchemeOf(who);
        if (Normalized.Of(scheme, who) is not { } value) return Ask(new RecoverAsked(next, who, "That is no user name, e-mail address or phone number."), StatusCodes.Status422UnprocessableEntity);
        var sent = await recover.RequestAsync(scheme, value, locale: null, ct);
        return sent.Succeeded
            ? AskCode(next, who, sent.Value.SessionToken, problem: null, StatusCodes.Status200OK)
            : Ask(new RecoverAsked(next, who, AccountNotices.Problem(sent.Failure)), AccountNotices.Told(http, sent.Failure));
    }

    private static async Task<IResult> ProveAsync(HttpContext http, FormFields form, string? next, RecoverPassword recover, CancellationToken ct)
    {
        var (who, session) = (form["who"], form["session"]);
        if (session.Length is 0 or > CodeAsked.LongestSession || who.Length > LongestIdentifier) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        var proven = await recover.ProveAsync(session, CodeAsked.Typed(form["code"]), ct);
        return proven.Succeeded
            ? Ask(new NewPasswordAsked(next, proven.Value.Token), StatusCodes.Status200OK)
            : AskCode(next, who, session, AccountNotices.Problem(proven.Failure), AccountNotices.Told(http, proven.Failure));
    }

    private static async Task<IResult> ResetAsync(HttpContext http, FormFields form, string? next, RecoverPassword recover, CancellationToken ct)
    {
        var (token, password) = (form["reset"], form["new"]);
        if (token.Length is 0 or > LongestReset) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        if (ProblemOf(password) is { } problem) return Ask(new NewPasswordAsked(next, token, problem), StatusCodes.Status422UnprocessableEntity);
        var reset = await recover.ResetAsync(new RecoverPassword.Reset(token, password, CallOrigin.Of(http)), ct);
        if (reset.Succeeded) return new SeeOther(LocalReturn.With(SignInPage.Path, next) + (next is null ? "?" : "&") + "said=recovered");
        if (reset.Failure == CodeFailures.Invalid) return Ask(new RecoverAsked(next, Problem: "That took too long, or was done already. Begin again."), StatusCodes.Status400BadRequest);
        return Ask(new NewPasswordAsked(next, token, AccountNotices.Problem(reset.Failure)), AccountNotices.Told(http, reset.Failure));
    }

    private static string? ProblemOf(string password) => password.Length is < PasswordRule.Shortest or > PasswordRule.Longest
        ? $"A password has {PasswordRule.Shortest} to {PasswordRule.Longest} characters."
        : PasswordRule.Takes(password) ? null : "That password is one that many use. Choose one that nobody would guess.";

    private static Page<RecoverForm> Ask(RecoverAsked asked, int status) => new(status, asked);

    private static Page<NewPasswordForm> Ask(NewPasswordAsked asked, int status) => new(status, asked);

    private static Page<CodeForm> AskCode(string? next, string who, string session, string? problem, int status) => new(status, new CodeAsked(
        "Type the code", $"If there is an account of {Untrusted.Shorten(who, 120)} that can be written to, a code is on its way.", Path,
        [("do", "prove"), ("session", session), ("who", who), ("next", next)], LocalReturn.With(Path, next), problem));
}
