using Credence.Passwords;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary><c>/account/password</c>: another password; whoever else is signed in as them is so no more (contract identity ID-14).</summary>
internal static class PasswordPage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/password";

    private const int LongestOld = 1024;

    /// <summary>Maps the page and its form.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Change);
    }

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, CancellationToken ct) =>
        await cookie.ReadAsync(http, ct) is { } visitor ? Ask(visitor, null, StatusCodes.Status200OK) : SignInPage.For(Path);

    private static async Task<IResult> Change(HttpContext http, PagesOptions options, AccountCookie cookie, ChangePassword change, CancellationToken ct)
    {
        var (visitor, form, refused) = await AccountForm.ReadAsync(http, options, cookie, Path, ct);
        if (refused is not null) return refused;
        var (old, next) = (form!["old"], form["new"]);
        if (ProblemOf(old, next, visitor!.Signed.Name) is { } problem) return Ask(visitor, problem, StatusCodes.Status422UnprocessableEntity);
        var changed = await change.RunAsync(visitor.Caller, new ChangePassword.Input(old, next, ClientAddress.Of(http.Connection.RemoteIpAddress)), ct);
        if (changed.Succeeded) return new SeeOther($"{AccountPage.Path}?done=password");
        var said = changed.Failure == SignInFailures.InvalidCredentials ? "Your current password is not right." : AccountNotices.Problem(changed.Failure);
        return Ask(visitor, said, AccountNotices.StatusOf(changed.Failure));
    }

    private static string? ProblemOf(string old, string next, string name) => (old.Length, next.Length) switch
    {
        (0 or > LongestOld, _) => "Type your current password.",
        (_, < PasswordRule.Shortest or > PasswordRule.Longest) => $"A password has {PasswordRule.Shortest} to {PasswordRule.Longest} characters.",
        _ when old == next => "That is your current password. Choose another.",
        _ => PasswordRule.Takes(next, name) ? null : "That password is one that many use, or your name. Choose one that nobody would guess.",
    };

    private static Page<PasswordForm> Ask(Visitor visitor, string? problem, int status) => new(status, new PasswordAsked(visitor.Signed.Name, visitor.FormToken, problem));
}
