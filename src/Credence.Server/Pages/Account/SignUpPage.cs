using Credence.Passwords;
using Credence.People;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary>What the sign-up form shows.</summary>
/// <param name="Next">Where to go on once signed in, or null.</param>
/// <param name="UserName">What was typed before.</param>
/// <param name="Email">What was typed before.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
public sealed record SignUpAsked(string? Next, string UserName = "", string Email = "", string? Problem = null);

/// <summary><c>/account/sign-up</c>: the same operation as the people door's; an address that somebody has looks like a free one (contract identity ID-10).</summary>
internal static class SignUpPage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/sign-up";

    /// <summary>Maps the page and its form.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], IResult (HttpContext http) => Ask(new SignUpAsked(LocalReturn.Read(http.Request.Query["next"])), StatusCodes.Status200OK));
        routes.MapPost(Path, SignUp);
    }

    private static async Task<IResult> SignUp(HttpContext http, PagesOptions options, RateLimits limits, SignUpPerson signUp, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return AccountNotices.ForeignForm.Page();
        var (form, refused) = await FormFields.ReadAsync(http, ct);
        if (form is null) return AccountNotices.BadForm(refused).Page();
        var next = LocalReturn.Read(form["next"]);
        var asked = new SignUpAsked(next, form["username"], form["email"]);
        if (await limits.CountAddressAsync(http, $"pages:{Path}", options.SignInPerMinute) is { } seconds)
        {
            return Ask(asked with { Problem = AccountNotices.TooOften(seconds) }, StatusCodes.Status429TooManyRequests);
        }

        var read = Read(form, CallOrigin.Of(http));
        if (!read.Succeeded) return Ask(asked with { Problem = read.Failure.Detail }, StatusCodes.Status422UnprocessableEntity);
        var begun = await signUp.RunAsync(read.Value, ct);
        if (!begun.Succeeded) return Ask(asked with { Problem = AccountNotices.Problem(begun.Failure) }, AccountNotices.StatusOf(begun.Failure));
        return new SeeOther(LocalReturn.With(SignInPage.Path, next) + (next is null ? "?" : "&") + "said=welcome");
    }

    private static Result<SignUpPerson.Input> Read(FormFields form, Audit.AuditOrigin origin)
    {
        if (Normalized.UserName(form["username"]) is not { } name) return Failure.Invalid("A user name has 4 to 80 Latin letters, digits, or signs of . _ -");
        var typed = form.TrimmedOrNull("email");
        var email = typed is null ? null : Normalized.Of(IdentifierScheme.Email, typed);
        if (typed is not null && email is null) return Failure.Invalid("That is no e-mail address. Leave it empty if you want to give none.");
        string[] names = [.. new[] { name, email?[..email.IndexOf('@', StringComparison.Ordinal)] }.OfType<string>()];
        var password = form["password"];
        if (password.Length is < PasswordRule.Shortest or > PasswordRule.Longest) return Failure.Invalid($"A password has {PasswordRule.Shortest} to {PasswordRule.Longest} characters.");
        if (!PasswordRule.Takes(password, names)) return Failure.Invalid("That password is one that many use, or your name. Choose one that nobody would guess.");
        return new SignUpPerson.Input(name, password, email, null, PersonProfile.None, origin);
    }

    private static Page<SignUpForm> Ask(SignUpAsked asked, int status) => new(status, asked);
}
