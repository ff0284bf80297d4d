using Credence.Consent;
using Credence.Organizations;

namespace Credence.Server.Pages.Consent;

/// <summary>What the page says when there is nothing to decide, or a decision is not taken.</summary>
internal static class ConsentNotices
{
    private const string Undecided = "Nothing was decided";

    /// <summary>No such request.</summary>
    public static readonly Notice Unknown = new(
        StatusCodes.Status404NotFound, "There is no such request", "The link may be incomplete. Open it once more from where you got it, or ask for a new one.");

    /// <summary>Nobody decided in time.</summary>
    public static readonly Notice Expired = new(
        StatusCodes.Status410Gone, "This request has expired", "Nothing was granted, and nothing can be granted here any more. If you still want this, start again where you came from.");

    /// <summary>The organization has stopped the agent.</summary>
    public static readonly Notice Stopped = new(
        StatusCodes.Status410Gone, "This agent has been stopped", "Whoever runs the agent has stopped it since it asked. There is nothing to decide.");

    /// <summary>The form came from somewhere else, which a person would not notice.</summary>
    public static readonly Notice ForeignForm = new(
        StatusCodes.Status403Forbidden, Undecided, "This decision was sent by another site, not by the page of this server. Open the link you were given, and decide there.");

    /// <summary>The page was shown to somebody else than who is signed in now, or to nobody.</summary>
    public static readonly Notice OtherSession = new(
        StatusCodes.Status403Forbidden, Undecided, "You have signed in or out since this page was shown. Open the link you were given once more, and decide there.");

    /// <summary>The post was not what the page's form sends.</summary>
    public static Notice BadForm(int status) => new(
        status, Undecided, "What arrived is not what this page sends. Open the link you were given, and decide there.");

    /// <summary>The passkey's answer does not hold.</summary>
    public static Notice Unproven(Failure failure) => new(
        StatusCodes.Status403Forbidden, Undecided, $"Your passkey did not confirm this. {failure.Detail}. Open the link you were given, and try again.");

    /// <summary>Without a script no page can ask for a passkey.</summary>
    public static Notice ScriptWanted(string organization) => new(
        StatusCodes.Status403Forbidden, Undecided,
        $"{organization} accepts this decision only when you confirm it with a passkey, and your browser did not ask for yours. Allow scripts for this page, and try again.");

    /// <summary>Somebody who held the link decided before.</summary>
    public static Notice Decided(ConsentStatus status) => status == ConsentStatus.Denied
        ? new(StatusCodes.Status410Gone, "This request was denied", "Nothing was granted. If that was not you, somebody else has had this link.")
        : new(
            StatusCodes.Status410Gone, "This request was approved already",
            "If that was not you, somebody else has had this link: ask whoever runs the agent to end the access.");

    /// <summary>What the core refused, in words for the person who pressed the button.</summary>
    public static Notice Of(Failure failure, Organization organization) => new(
        failure.Kind switch
        {
            FailureKind.Forbidden => StatusCodes.Status403Forbidden,
            FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status410Gone, // decided, or expired, between the look and the press
        },
        Undecided,
        ObstacleOf(failure, organization) ?? failure.Detail);

    /// <summary>What else it takes to decide; null when the refusal is not about who decides.</summary>
    public static string? ObstacleOf(Failure failure, Organization organization) => failure.Code switch
    {
        "FIDO_REQUIRED" => $"{organization.Name} accepts this decision only when you confirm it with a passkey, and has none of yours that counts. Ask them for the link to your agents, and add one there, or add one in your account here.",
        "PRINCIPAL_VERIFICATION_REQUIRED" => organization.SsoEnforced
            ? $"{organization.Name} accepts this decision only from you, signed on with your company. Start again where you came from, and sign on there."
            : $"{organization.Name} accepts this decision only from you, signed in to your account here.",
        "FORBIDDEN" when failure == ConsentFailures.OtherAccount =>
            "You are signed in to another account than the one that this question is for. If that is yours too, sign in to it. If not, the question is not for you.",
        _ => null,
    };
}
