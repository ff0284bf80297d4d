using Credence.Passkeys;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.Pages.Account;

/// <summary>The passkeys of an account.</summary>
/// <param name="FormToken">What every form carries.</param>
/// <param name="Passkeys">The passkeys, the newest first.</param>
/// <param name="Problem">Why one was not added; null when nothing went wrong.</param>
/// <param name="Challenge">The challenge to name in the answer; null when there are as many as there can be.</param>
/// <param name="Options">What the browser is told, JSON.</param>
public sealed record AccountPasskeysView(string FormToken, IReadOnlyList<Passkey> Passkeys, string? Problem, string? Challenge, string? Options);

/// <summary><c>/account/passkeys</c>: the passkeys of an account, which sign in and confirm decisions (contract standards 18).</summary>
internal static class PasskeysPage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/passkeys";

    private const int LongestName = 100;

    /// <summary>Maps the page and its forms.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Act);
    }

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, AccountPasskeys own, Db db, CancellationToken ct) =>
        await cookie.ReadAsync(http, ct) is { } visitor ? await ShowAsync(visitor, own, db, problem: null, ct) : SignInPage.For(Path);

    private static async Task<IResult> Act(HttpContext http, PagesOptions options, AccountCookie cookie, AccountPasskeys own, Db db, CancellationToken ct)
    {
        var (visitor, form, refused) = await AccountForm.ReadAsync(http, options, cookie, Path, ct);
        if (refused is not null) return refused;
        switch (form!["do"])
        {
            case "add" when PasskeyField.ReadNew(form["passkey"]) is { } made && form["name"].Length <= LongestName:
                var added = await own.FinishAsync(visitor!.Caller, made.Challenge, made.Response, form.TrimmedOrNull("name"), ct);
                return added.Succeeded ? new SeeOther(Path) : await ShowAsync(visitor, own, db, added.Failure.Detail, ct);

            case "remove" when Id<Passkey>.TryParse(form["what"], out var passkey):
                var removed = await own.RemoveAsync(visitor!.Signed, visitor.Caller, passkey, ct);
                return removed.Succeeded || removed.Failure == PasskeyFailures.NotFound ? new SeeOther(Path) : SignInPage.Again(Path);

            default:
                return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        }
    }

    private static async Task<IResult> ShowAsync(Visitor visitor, AccountPasskeys own, Db db, string? problem, CancellationToken ct)
    {
        var begun = await own.BeginAsync(visitor.Signed, visitor.Caller, ct);
        if (!begun.Succeeded && begun.Failure == SignInFailures.NotFresh) return SignInPage.Again(Path);
        var there = await AccountPasskeys.ListAsync(db, visitor.Signed.Person.Id, ct);
        var (challenge, options) = begun.Succeeded ? (begun.Value.Challenge.Id.ToString(), begun.Value.Json) : (null, null);
        return new Page<AccountPasskeyList>(
            problem is null ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest, new AccountPasskeysView(visitor.FormToken, there, problem, challenge, options));
    }
}
