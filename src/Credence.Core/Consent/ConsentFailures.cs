using Credence.Organizations;

namespace Credence.Consent;

/// <summary>What this room refuses.</summary>
public static class ConsentFailures
{
    /// <summary>There is no such request.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such authorization request");

    /// <summary>There is no such request, or it has been decided.</summary>
    public static readonly Failure Decided = Failure.NotFound("This authorization request does not exist or was decided already");

    /// <summary>There is no such request that waits for a decision.</summary>
    public static readonly Failure NotPending = Failure.NotFound("There is no such authorization request, or it is not pending");

    /// <summary>The decision needs no passkey.</summary>
    public static readonly Failure PasskeyNotRequired = Failure.Invalid("FIDO not required for this authorization request");

    /// <summary>It was decided, or its time was over, before the passkey had answered.</summary>
    public static readonly Failure OverMeanwhile = Failure.Invalid("The authorization request has expired or was decided already");

    /// <summary>It has been decided or has expired.</summary>
    public static readonly Failure Gone = new(FailureKind.Gone, "GONE", "This authorization request has expired or was decided already");

    /// <summary>In live mode the person decides, not the organization.</summary>
    public static readonly Failure ConsentRequired = new(
        FailureKind.Forbidden, "CONSENT_REQUIRED", "In live mode only the person can decide, on the consent page");

    /// <summary>The address is not one the agent may use.</summary>
    public static readonly Failure RedirectNotAllowed = Failure.Invalid("redirectUri is not one of the agent's redirectUris");

    /// <summary>The address cannot be used in production.</summary>
    public static readonly Failure RedirectNotPublic = Failure.Invalid("redirectUri must be https and lead to a public host");

    /// <summary>The authority asked for would last longer than this server gives any.</summary>
    public static Failure LifetimeTooLong(TimeSpan longest) => Failure.Invalid($"expiresIn is longer than {longest.TotalDays:0} days, the most this server gives");

    /// <summary>A scope is outside what the agent may ask for.</summary>
    public static Failure ScopeNotAllowed(string scope) => Failure.Invalid($"scopes has one that the agent is not registered for: {scope}");

    /// <summary>Who decides has signed on, as somebody else than is asked.</summary>
    public static readonly Failure SomebodyElse = new(FailureKind.Forbidden, "FORBIDDEN", "This decision is for another person than the one who signed on");

    /// <summary>Who decides is signed in, and the organization's name for who is asked means somebody else.</summary>
    public static readonly Failure OtherAccount = new(FailureKind.Forbidden, "FORBIDDEN", "This decision is for the owner of another account than the one that is signed in");

    /// <summary>The organization takes consent only from people who signed on with their company.</summary>
    public static readonly Failure SignOnNeeded = new(
        FailureKind.Forbidden, "PRINCIPAL_VERIFICATION_REQUIRED", "Sign on with your company first: this decision must come from the person it concerns");

    /// <summary>The company does not let this person give a scope.</summary>
    public static Failure ScopeNotMapped(string scope) => new(FailureKind.Forbidden, "FORBIDDEN", $"Your company does not let you give this: {scope}");

    /// <summary>The organization wants better proof of who decides.</summary>
    public static Failure ProofTooWeak(Organization organization) => organization.LeastProof == ConsentProof.Passkey
        ? new(FailureKind.Forbidden, "FIDO_REQUIRED", "This decision must be proven with a passkey")
        : new(FailureKind.Forbidden, "PRINCIPAL_VERIFICATION_REQUIRED", "Sign in first: this decision must come from the person it concerns");
}
