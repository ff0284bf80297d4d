namespace Credence.Principals;

/// <summary>What this room refuses.</summary>
public static class PrincipalFailures
{
    /// <summary>The person has granted nothing that is still good, so there is nothing to show them.</summary>
    public static readonly Failure NothingGranted = Failure.NotFound("No active grants found for this principal");

    /// <summary>There is no such session in this organization, or it is over.</summary>
    public static readonly Failure SessionNotFound = Failure.NotFound("There is no such session, or it is over");

    /// <summary>The token is not one that this server made for a session.</summary>
    public static readonly Failure SessionInvalid = new(FailureKind.Unauthorized, "UNAUTHORIZED", "The session token is not valid");

    /// <summary>The token was good, and its time is over, or somebody ended it.</summary>
    public static readonly Failure SessionOver = new(FailureKind.Unauthorized, "UNAUTHORIZED", "The session has expired or was ended");

    /// <summary>Passkeys are changed in a session that was opened just now.</summary>
    public static readonly Failure SessionNotFresh = new(
        FailureKind.Forbidden, "FRESH_SESSION_REQUIRED", "Passkeys can be changed within five minutes of the session's opening: open a new one");

    /// <summary>The organization's directory says that this person has left or is suspended.</summary>
    public static readonly Failure Deprovisioned = new(FailureKind.Forbidden, "FORBIDDEN", "The organization's directory has deactivated this principal");
}
