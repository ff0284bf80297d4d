using Credence.SecondFactors;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.Pages.Account;

/// <summary>What somebody is asked for besides a password.</summary>
/// <param name="FormToken">What every form carries.</param>
/// <param name="Factors">What they have.</param>
/// <param name="Problem">Why nothing was changed; null when nothing went wrong.</param>
/// <param name="JustDone">What they just did, in a sentence; null when nothing.</param>
public sealed record TwoStepView(string FormToken, PersonFactors Factors, string? Problem, string? JustDone);

/// <summary>Recovery codes, shown once.</summary>
/// <param name="Codes">The codes; none when they have some from before.</param>
/// <param name="JustDone">What they just did, in a sentence.</param>
public sealed record RecoveryCodesView(IReadOnlyList<string> Codes, string JustDone);

/// <summary><c>/account/two-step</c>: what somebody is asked for besides a password, and how that is changed (docs/decisions/0044).</summary>
internal static class TwoStepPage
{
    /// <summary>Where it is.</summary>
    public const string Path = AccountPage.Path + "/two-step";

    private const int LongestPassword = 1024, LongestCode = 64;

    /// <summary>Maps the page and its forms.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Act);
    }

    /// <summary>Recovery codes, shown once; or the page without them, where somebody has some from before.</summary>
    public static IResult Turned(RecoverySheet sheet, string what) =>
        sheet.Codes.Count == 0 ? new SeeOther($"{Path}?done=on") : new Page<RecoveryCodeList>(StatusCodes.Status200OK, new RecoveryCodesView(sheet.Codes, what));

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, Db db, CancellationToken ct)
    {
        if (await cookie.ReadAsync(http, ct) is not { } visitor) return SignInPage.For(Path);
        var done = http.Request.Query["done"].ToString() switch
        {
            "on" => "Signing in takes that second step from now on.",
            "off" => "You are asked for that no more.",
            _ => null,
        };
        return await ShowAsync(visitor, db, problem: null, done, StatusCodes.Status200OK, ct);
    }

    private static async Task<IResult> Act(
        HttpContext http, PagesOptions options, AccountCookie cookie, Db db, EnrolTotp enrol, AskForPasskey ask, RemoveFactor remove, RenewRecoveryCodes renew, CancellationToken ct)
    {
        var (visitor, form, refused) = await AccountForm.ReadAsync(http, options, cookie, Path, ct);
        if (refused is not null) return refused;
        var caller = visitor!.Caller;
        switch (form!["do"])
        {
            case "add-app":
                var begun = await enrol.BeginAsync(caller, shown: null, ct);
                return begun.Succeeded ? new SeeOther(TwoStepAppPage.Path) : await RefuseAsync(begun.Failure);

            case "ask-passkey":
                var asked = await ask.RunAsync(caller, shown: null, ct);
                return asked.Succeeded ? Turned(asked.Value, "Signing in with your password takes your passkey too from now on.") : await RefuseAsync(asked.Failure);

            case "change" when Words.Find<SecondFactor>(form["what"]) is { } what && ShownIn(form, http) is { } shown:
                if (what != SecondFactor.RecoveryCode)
                {
                    var removed = await remove.RunAsync(caller, what, shown, ct);
                    return removed.Succeeded ? new SeeOther($"{Path}?done=off") : await RefuseAsync(removed.Failure);
                }

                var renewed = await renew.RunAsync(caller, shown, ct);
                return renewed.Succeeded ? Turned(renewed.Value, "Your recovery codes of before work no more.") : await RefuseAsync(renewed.Failure);

            case "change" when Words.Find<SecondFactor>(form["what"]) is not null:
                return await ShowAsync(visitor, db, "Type your password, or a code.", null, StatusCodes.Status422UnprocessableEntity, ct);

            default:
                return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        }

        async Task<IResult> RefuseAsync(Failure failure) => failure == SignInFailures.NotFresh
            ? SignInPage.Again(Path)
            : await ShowAsync(visitor, db, ProblemOf(failure), null, AccountNotices.StatusOf(failure), ct);
    }

    private static ProveAgain.Shown? ShownIn(FormFields form, HttpContext http)
    {
        var (password, code) = (form["password"], form["code"].Trim());
        var network = ClientAddress.Of(http.Connection.RemoteIpAddress);
        if (code.Length is > 0 and <= LongestCode) return new ProveAgain.Shown(null, FactorProof.Of(code), network);
        return password.Length is > 0 and <= LongestPassword ? new ProveAgain.Shown(password, null, network) : null;
    }

    private static string ProblemOf(Failure failure) => failure.Kind switch
    {
        FailureKind.TooMany => $"There were too many wrong attempts. Wait {(int)(failure.RetryAfter?.TotalMinutes ?? 0) + 1} minutes, and try again.",
        FailureKind.Unauthorized => "That password or code is not right. Nothing was changed.",
        FailureKind.Unavailable => AccountNotices.Problem(failure),
        _ => $"{failure.Detail}. Nothing was changed.",
    };

    private static async Task<IResult> ShowAsync(Visitor visitor, Db db, string? problem, string? done, int status, CancellationToken ct) =>
        new Page<TwoStepHome>(status, new TwoStepView(visitor.FormToken, await PersonFactors.OfAsync(db, visitor.Signed.Person.Id, ct), problem, done));
}
