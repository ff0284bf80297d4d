namespace Credence.Tokens;

/// <summary>What this room refuses.</summary>
public static class TokenFailures
{
    /// <summary>The code is unknown, another agent's or organization's, or its agent is stopped; which of them is not said.</summary>
    public static readonly Failure CodeInvalid = Failure.Invalid("The code is not valid");

    /// <summary>The code has been exchanged, or its request was not approved.</summary>
    public static readonly Failure CodeSpent = Failure.Invalid("The code has been used already");

    /// <summary>The code is too old.</summary>
    public static readonly Failure CodeExpired = Failure.Invalid("The code has expired");

    /// <summary>The request had a PKCE challenge, and no verifier came.</summary>
    public static readonly Failure VerifierMissing = Failure.Invalid("codeVerifier is required for this code");

    /// <summary>The verifier does not match the challenge.</summary>
    public static readonly Failure VerifierWrong = Failure.Invalid("codeVerifier does not match the code challenge");

    /// <summary>The refresh token is unknown, or its agent is stopped.</summary>
    public static readonly Failure RefreshInvalid = Failure.Invalid("The refresh token is not valid");

    /// <summary>It belongs to another agent.</summary>
    public static readonly Failure RefreshForeign = Failure.Invalid("The refresh token belongs to another agent");

    /// <summary>It was used before.</summary>
    public static readonly Failure RefreshSpent = Failure.Invalid("The refresh token has been used already");

    /// <summary>It is too old.</summary>
    public static readonly Failure RefreshExpired = Failure.Invalid("The refresh token has expired");

    /// <summary>Its grant is paused, or one above it.</summary>
    public static readonly Failure GrantPaused = Failure.Invalid("The grant is paused");

    /// <summary>Its grant was taken back.</summary>
    public static readonly Failure GrantRevoked = Failure.Invalid("The grant has been revoked");

    /// <summary>Its grant has ended.</summary>
    public static readonly Failure GrantExpired = Failure.Invalid("The grant has expired");

    /// <summary>There is no such token in this organization, or it was revoked before.</summary>
    public static readonly Failure NotFound = Failure.NotFound("Token not found");

    /// <summary>This node may have missed a revocation and must not vouch for anything.</summary>
    public static readonly Failure Unsure = new(
        FailureKind.Unavailable, "SERVICE_UNAVAILABLE", "Revocations cannot be checked right now; try again");
}
