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

    /// <summary>Too often from one network.</summary>
    public static string TooOften(int seconds) => $"There were too many attempts from your network. Wait {seconds} seconds, and try again.";

    /// <summary>What is wrong with a sign-in or another password, in words for whoever typed it. That there is no such account looks like a wrong password.</summary>
    public static string Problem(Failure failure) => failure.Code switch
    {
        SignInFailures.TooManyCode => $"There were too many wrong passwords. Wait {(int)(failure.RetryAfter?.TotalMinutes ?? 0) + 1} minutes, and try again.",
        "auth.identifier_unverified" => "Sign in with your user name: this address or number was not verified yet.",
        "auth.identifier_taken" => "Somebody has this user name already. Choose another.",
        "auth.invalid_credentials" => "That is not right. Look at both once more, or try another name that you sign in with.",
        _ => "This server is too busy just now. Wait a few seconds, and try again.",
    };

    /// <summary>The status that goes with it.</summary>
    public static int StatusOf(Failure failure) => failure.Kind switch
    {
        FailureKind.TooMany => StatusCodes.Status429TooManyRequests,
        FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
        FailureKind.Conflict => StatusCodes.Status409Conflict,
        FailureKind.Forbidden => StatusCodes.Status403Forbidden,
        _ => StatusCodes.Status401Unauthorized,
    };
}
