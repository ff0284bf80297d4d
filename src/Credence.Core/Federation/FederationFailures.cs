namespace Credence.Federation;

/// <summary>What this room refuses.</summary>
public static class FederationFailures
{
    /// <summary>There is no such partner.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such partner.");

    /// <summary>Its issuer is registered already.</summary>
    public static readonly Failure AlreadyThere = new(FailureKind.Conflict, "PARTNER_ALREADY_EXISTS", "A partner with this issuer is registered already.");

    /// <summary>The token does not count; which of the reasons is not said.</summary>
    public static readonly Failure TokenInvalid = new(FailureKind.Unauthorized, "FEDERATION_TOKEN_INVALID", "The token is not one of a trusted partner, or has expired.");

    /// <summary>The partner's keys could not be had, so it is not taken in.</summary>
    public static Failure KeysUnreachable(Failure why) => new(FailureKind.Unprocessable, "PARTNER_JWKS_UNREACHABLE", $"The key set cannot be used: {why.Detail}.");
}
