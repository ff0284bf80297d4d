using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary>What an app is told.</summary>
/// <param name="FormToken">What the form carries.</param>
/// <param name="Begun">The secret.</param>
/// <param name="Problem">Why the code did not do; null the first time.</param>
public sealed record TwoStepAppView(string FormToken, EnrolTotp.Begun Begun, string? Problem)
{
    /// <summary>The secret in groups, to be typed.</summary>
    public string Grouped => string.Join(' ', Begun.Secret.Chunk(4).Select(four => new string(four)));
}

/// <summary><c>/account/two-step/app</c>: an app learns to make codes, and its first one turns them on.</summary>
internal static class TwoStepAppPage
{
    /// <summary>Where it is.</summary>
    public const string Path = TwoStepPage.Path + "/app";

    private const int LongestCode = 16;

    /// <summary>Maps the page and its form.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Confirm);
    }

    private static async Task<IResult> Show(HttpContext http, AccountCookie cookie, EnrolTotp enrol, CancellationToken ct) =>
        await cookie.ReadAsync(http, ct) is { } visitor ? await ShowAsync(visitor, enrol, problem: null, StatusCodes.Status200OK, ct) : SignInPage.For(Path);

    private static async Task<IResult> Confirm(HttpContext http, PagesOptions options, AccountCookie cookie, EnrolTotp enrol, CancellationToken ct)
    {
        var (visitor, form, refused) = await AccountForm.ReadAsync(http, options, cookie, Path, ct);
        if (refused is not null) return refused;
        if (form!["code"].Length is 0 or > LongestCode) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        var confirmed = await enrol.ConfirmAsync(visitor!.Caller, form["code"], ct);
        return confirmed.Succeeded
            ? TwoStepPage.Turned(confirmed.Value, "Signing in takes a code of your app from now on.")
            : await ShowAsync(visitor, enrol, "That is not the code your app shows now. Wait for the next one, and look at your device's clock.", StatusCodes.Status400BadRequest, ct);
    }

    /// <summary>Whoever began nothing, or took too long, begins again.</summary>
    private static async Task<IResult> ShowAsync(Visitor visitor, EnrolTotp enrol, string? problem, int status, CancellationToken ct) =>
        await enrol.WaitingAsync(visitor.Signed.Person.Id, ct) is { } begun
            ? new Page<TwoStepApp>(status, new TwoStepAppView(visitor.FormToken, begun, problem))
            : new SeeOther(TwoStepPage.Path);
}
