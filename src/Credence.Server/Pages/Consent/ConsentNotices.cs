using Credence.Consent;

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

    /// <summary>The post was not what the page's form sends.</summary>
    public static Notice BadForm(int status) => new(
        status, Undecided, "What arrived is not what this page sends. Open the link you were given, and decide there.");

    /// <summary>Somebody who held the link decided before.</summary>
    public static Notice Decided(ConsentStatus status) => status == ConsentStatus.Denied
        ? new(StatusCodes.Status410Gone, "This request was denied", "Nothing was granted. If that was not you, somebody else has had this link.")
        : new(
            StatusCodes.Status410Gone, "This request was approved already",
            "If that was not you, somebody else has had this link: ask whoever runs the agent to end the access.");

    /// <summary>What the core refused, in words for the person who pressed the button.</summary>
    public static Notice Of(Failure failure, string organization) => new(
        failure.Kind switch
        {
            FailureKind.Forbidden => StatusCodes.Status403Forbidden,
            FailureKind.Unavailable => StatusCodes.Status503ServiceUnavailable,
            _ => StatusCodes.Status410Gone, // decided, or expired, between the look and the press
        },
        Undecided,
        ObstacleOf(failure, organization) ?? failure.Detail);

    /// <summary>What else it takes to decide; null when the refusal is not about who decides.</summary>
    public static string? ObstacleOf(Failure failure, string organization) => failure.Code switch
    {
        "FIDO_REQUIRED" => $"{organization} accepts this decision only when you confirm it with a passkey, and this page cannot take one yet.",
        "PRINCIPAL_VERIFICATION_REQUIRED" => $"{organization} accepts this decision only from you, signed in to your account here, and this page cannot sign you in yet.",
        _ => null,
    };
}
