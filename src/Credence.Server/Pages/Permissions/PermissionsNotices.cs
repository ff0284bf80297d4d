using Credence.Principals;

namespace Credence.Server.Pages.Permissions;

/// <summary>What the page says to somebody it can show nothing to.</summary>
internal static class PermissionsNotices
{
    /// <summary>Nobody has come with a link.</summary>
    public static readonly SessionWanted NoSession = new(
        "Open your link", "This page shows which agents may act for you, and stops them. It opens with a link from whoever runs the agent. The link works for a while.");

    /// <summary>The link is too old, or somebody ended it.</summary>
    public static readonly SessionWanted Over = new(
        "Your link has ended", "It expired, or somebody ended it. Nothing was changed. Ask for a new one where you got it.");

    /// <summary>The form came from somewhere else, which a person would not notice.</summary>
    public static readonly Notice ForeignForm = new(
        StatusCodes.Status403Forbidden, "Nothing was changed", "This was sent by another site, not by the page of this server. Open your link again, and do it there.");

    /// <summary>This node may have missed that a session was ended.</summary>
    public static readonly Notice Unsure = new(
        StatusCodes.Status503ServiceUnavailable, "Not now, please try again", "Something this server needs is unavailable at the moment. Nothing was changed. Try again in a minute.");

    /// <summary>Passkeys stay as they are, and why.</summary>
    public static Notice PasskeyRefused(Failure failure) => failure == PrincipalFailures.SessionNotFresh
        ? new(
            StatusCodes.Status403Forbidden, "Ask for a new link first",
            "Your link is older than five minutes. So that nobody who comes across it can change your passkeys, that takes a new one. Nothing was changed.")
        : new(StatusCodes.Status400BadRequest, "Your passkeys are as before", $"{failure.Detail}. Go back to your agents, and try again.");

    private static readonly SessionWanted Invalid = new(
        "This link does not work", "A part of it may be missing. Open it again from where you got it, or copy all of it.");

    private static readonly SessionWanted SignedOut = new(
        "You signed out", "Your link no longer works, for anybody. Your agents go on as before. To come back, ask for a new link.");

    /// <summary>What a redirect after a link or a sign-out says happened; null when it says nothing.</summary>
    public static SessionWanted? Find(string? link) => link switch
    {
        "over" => Over,
        "invalid" => Invalid,
        "signed-out" => SignedOut,
        _ => null,
    };

    /// <summary>The post was not what the page's forms send.</summary>
    public static Notice BadForm(int status) => new(
        status, "Nothing was changed", "What arrived is not what this page sends. Open your link again, and do it there.");
}
