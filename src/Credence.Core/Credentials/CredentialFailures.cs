namespace Credence.Credentials;

/// <summary>What this room refuses.</summary>
public static class CredentialFailures
{
    /// <summary>The agent has no such credential.</summary>
    public static readonly Failure NotFound = new(FailureKind.NotFound, "CREDENTIAL_NOT_FOUND", "There is no such credential.");

    /// <summary>It was ended before.</summary>
    public static readonly Failure Revoked = new(FailureKind.Conflict, "CREDENTIAL_REVOKED", "The credential is revoked.");

    /// <summary>Another call rotated it in this moment.</summary>
    public static readonly Failure Rotated = new(FailureKind.Conflict, "CREDENTIAL_ROTATED", "The credential was rotated by another call in this moment.");

    /// <summary>It would never work.</summary>
    public static readonly Failure ExpiresInThePast = Failure.Invalid("expiresAt must be in the future");
}
