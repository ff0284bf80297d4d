using Credence.SecondFactors;
using Credence.Server.Doors;
using Credence.SignIn;

namespace Credence.Server.Pages.Account;

/// <summary>What the pages of an account say when something is not done.</summary>
internal static class AccountNotices
{
    private const string Unchanged = "Nothing was changed";

    /// <summary>The form came from somewhere else, which a person would not notice.</summary>
    public static readonly Notice ForeignForm = new(
        StatusCodes.Status403Forbidden, Unchanged, "This was sent by another site, not by the page of this server. Open your account again, and do it there.");

    /// <summary>The page was shown to somebody else, or before they signed in anew.</summary>
    public static readonly Notice OtherSession = new(
        StatusCodes.Status403Forbidden, Unchanged, "You have signed in anew, or as somebody else, since this page was shown. Open your account again, and do it there.");

    /// <summary>The post was not what the page's forms send.</summary>
    public static Notice BadForm(int status) => new(status, Unchanged, "What arrived is not what this page sends. Go back, and try again.");

    /// <summary>A ticket that is too old, or none of this server's.</summary>
    public static readonly Notice NoWayBack = new(
        StatusCodes.Status400BadRequest, "The way back is closed", "It was open for ten minutes only. Open the page that you wanted once more.");

    /// <summary>The cookie would not get there, so the person would be asked for ever.</summary>
    public static Notice OutOfReach(string host) => new(
        StatusCodes.Status400BadRequest, "You are signed in here alone",
        $"{host} cannot be told of it. Whoever runs this server must set FORWARD_AUTH_COOKIE_DOMAIN to a domain that both lie in.");

    /// <summary>Too often from one network.</summary>
    public static string TooOften(int seconds) => $"There were too many attempts from your network. Wait {seconds} seconds, and try again.";

    /// <summary>What is wrong with a sign-in or another password, in words for whoever typed it. That there is no such account looks like a wrong password.</summary>
    public static string Problem(Failure failure) => failure.Code switch
    {
        SignInFailures.TooManyCode => $"There were too many wrong passwords. Wait {(int)(failure.RetryAfter?.TotalMinutes ?? 0) + 1} minutes, and try again.",
        "auth.identifier_unverified" => "Sign in with your user name: this address or number was not verified yet.",
        "identifier.stays" => "That stays: you could not sign in any more. Add another first.",
        "auth.identifier_taken" => "Somebody has this user name already. Choose another.",
        "otp.invalid" => "That code is not right, or it is too old. Look at the newest message once more.",
        "otp.locked" => $"There were too many wrong codes. Wait {Waited(failure)}, and begin again.",
        "otp.cooldown" => $"A code was asked for just now. Wait {Waited(failure)} before you ask for another.",
        "otp.daily_limit" => $"Too many codes were asked for. Wait {Waited(failure)}, and try again.",
        "otp.unavailable" => "Codes cannot be sent or looked at just now. Wait a minute, and try again.",
        "auth.invalid_credentials" => "That is not right. Look at both once more, or try another name that you sign in with.",
        _ => "This server is too busy just now. Wait a few seconds, and try again.",
    };

    /// <summary>What is wrong with a second factor.</summary>
    public static string OfFactor(Failure failure, SecondFactor factor) => (failure.Kind, factor) switch
    {
        (FailureKind.TooMany, _) => $"There were too many wrong codes. Wait {(int)(failure.RetryAfter?.TotalMinutes ?? 0) + 1} minutes, and try again.",
        (_, SecondFactor.Passkey) => "That passkey did not do. Try again, or use a code.",
        (_, SecondFactor.Totp) => "That is not the code your app shows now, or it was used already. Wait for the next one.",
        _ => "That is none of your recovery codes, or it was used already.",
    };

    /// <summary>The status that goes with it.</summary>
    public static int StatusOf(Failure failure) => failure.Kind switch
    {
        FailureKind.TooMany => StatusCodes.Status429TooManyRequests,
        FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        FailureKind.Conflict => StatusCodes.Status409Conflict,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        FailureKind.Invalid => StatusCodes.Status400BadRequest,
        FailureKind.Locked => StatusCodes.Status423Locked,
        _ => StatusCodes.Status401Unauthorized,
    };

    /// <summary>The status of a refusal, and the <c>Retry-After</c> that goes with it.</summary>
    public static int Told(HttpContext http, Failure failure)
    {
        if (FailureStatus.WaitOf(failure) is { } seconds) http.Response.Headers.RetryAfter = seconds.ToString();
        return StatusOf(failure);
    }

    private static string Waited(Failure failure) => (failure.RetryAfter is { } wait && wait > TimeSpan.FromSeconds(1) ? wait : TimeSpan.FromSeconds(1)).Said();
}
