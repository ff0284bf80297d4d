using Credence.SecondFactors;
using Credence.Server.Doors;
using Credence.Server.Hosting.Requests;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.Pages.Account;

/// <summary>What the second step asks.</summary>
/// <param name="Next">Where to go on afterwards, or null.</param>
/// <param name="With">Which factor is asked for.</param>
/// <param name="Ways">Which may be shown.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
/// <param name="Challenge">The challenge to name in the answer of a passkey, or null.</param>
/// <param name="Options">What the browser is told to ask a passkey for, JSON, or null.</param>
public sealed record SecondStepAsked(string? Next, SecondFactor With, IReadOnlyList<SecondFactor> Ways, string? Problem, string? Challenge = null, string? Options = null);

/// <summary><c>/account/sign-in/second-step</c>: what somebody shows after the password who has a second factor (docs/decisions/0044).</summary>
internal static class SecondStepPage
{
    /// <summary>Where it is.</summary>
    public const string Path = SignInPage.Path + "/second-step";

    private const int LongestCode = 64;

    /// <summary>Maps the page and its form.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, [HttpMethods.Get, HttpMethods.Head], Show);
        routes.MapPost(Path, Finish);
    }

    /// <summary>The first factor was right: the browser goes on here.</summary>
    public static SeeOther For(string? next) => new(LocalReturn.With(Path, next));

    private static async Task<IResult> Show(HttpContext http, SecondStepCookie step, FinishSignIn finish, CancellationToken ct) => await AskAsync(
        step.Read(http), finish, LocalReturn.Read(http.Request.Query["next"]), Words.Find<SecondFactor>(http.Request.Query["with"]), problem: null, StatusCodes.Status200OK, ct);

    private static async Task<IResult> Finish(
        HttpContext http, PagesOptions options, RateLimits limits, SecondStepCookie step, AccountCookie cookie, FinishSignIn finish, SignOut signOut, CancellationToken ct)
    {
        if (!PostedHere.Test(http.Request, options.PublicBaseUrl)) return AccountNotices.ForeignForm.Page();
        var (form, refused) = await FormFields.ReadAsync(http, ct);
        if (form is null) return AccountNotices.BadForm(refused).Page();
        var (token, next, with) = (step.Read(http), LocalReturn.Read(form["next"]), Words.Find<SecondFactor>(form["with"]));
        if (await limits.CountAddressAsync(http, $"pages:{SignInPage.Path}", options.SignInPerMinute) is { } seconds)
        {
            return await AskAsync(token, finish, next, with, AccountNotices.TooOften(seconds), StatusCodes.Status429TooManyRequests, ct);
        }

        if (ProofOf(form) is not { } proof) return AccountNotices.BadForm(StatusCodes.Status400BadRequest).Page();
        var input = new FinishSignIn.Input(token, proof, CallOrigin.Of(http), ClientAddress.Of(http.Connection.RemoteIpAddress));
        var signed = await finish.RunAsync(input, ct);
        if (!signed.Succeeded)
        {
            if (FailureStatus.WaitOf(signed.Failure) is { } wait) http.Response.Headers.RetryAfter = wait.ToString();
            return await AskAsync(token, finish, next, with, AccountNotices.OfFactor(signed.Failure, proof.Factor), AccountNotices.StatusOf(signed.Failure), ct);
        }

        step.Forget(http);
        await cookie.BeginAsync(http, signed.Value, signOut, ct);
        return new SeeOther(next ?? AccountPage.Path);
    }

    private static FactorProof? ProofOf(FormFields form)
    {
        if (PasskeyField.Read(form["passkey"]) is { } passkey) return new FactorProof.Passkey(passkey.Challenge, passkey.Response);
        return form["code"].Length is > 0 and <= LongestCode ? FactorProof.Of(form["code"]) : null;
    }

    /// <summary>Asks for the factor that somebody chose, or else the first they have; whose sign-in is over begins again.</summary>
    private static async Task<IResult> AskAsync(string token, FinishSignIn finish, string? next, SecondFactor? with, string? problem, int status, CancellationToken ct)
    {
        if (await finish.WaysAsync(token, ct) is not { Count: > 0 } ways) return new SeeOther(LocalReturn.With(SignInPage.Path, next) + (next is null ? "?" : "&") + "said=again");
        var asked = new SecondStepAsked(next, with is { } chosen && ways.Contains(chosen) ? chosen : ways[0], ways, problem);
        if (asked.With != SecondFactor.Passkey) return new Page<SecondStepForm>(status, asked);
        var begun = await finish.AskPasskeyAsync(token, ct);
        return new Page<SecondStepForm>(status, begun.Succeeded ? asked with { Challenge = begun.Value.Challenge.Id.ToString(), Options = begun.Value.Json } : asked);
    }
}
