namespace Credence.Tokens;

/// <summary>What is refused at the agents door: in its own words where a token is shown (contract agent-idp B.3), in those of RFC 6749 5.2 where one is asked for.</summary>
public static class AccessTokenFailures
{
    /// <summary>Not signed by a key that counts, or no token of this door at all.</summary>
    public static readonly Failure SignatureInvalid = new(FailureKind.Unauthorized, "UNAUTHORIZED", "Token signature is invalid.");

    /// <summary>Its time is over.</summary>
    public static readonly Failure Expired = new(FailureKind.Unauthorized, "UNAUTHORIZED", "Token has expired.");

    /// <summary>It, its credential, its agent or its organization was stopped.</summary>
    public static readonly Failure Revoked = new(FailureKind.Unauthorized, "UNAUTHORIZED", "Token has been revoked.");

    /// <summary>There is no such client, or it did not prove that it is the one; which is not said.</summary>
    public static readonly Failure InvalidClient = new(FailureKind.Unauthorized, "invalid_client", "Client authentication failed.");

    /// <summary>The client is who it says, and gets no tokens: it or its organization is stopped.</summary>
    public static readonly Failure UnauthorizedClient = new(FailureKind.Invalid, "unauthorized_client", "The agent or its organization is not active.");

    /// <summary>A scope was asked for that the agent may not have.</summary>
    public static readonly Failure InvalidScope = new(FailureKind.Invalid, "invalid_scope", "The scope is unknown, or not one that this agent may have.");
}
