namespace Credence.Gateways;

/// <summary>What this room refuses.</summary>
public static class GatewayFailures
{
    /// <summary>No rule is about that host, path and method; or the path can be read in two ways.</summary>
    public static readonly Failure NotProtected = new(FailureKind.Forbidden, "forbidden", "nothing is let through to this address");

    /// <summary>Nobody says who they are.</summary>
    public static readonly Failure NoToken = new(FailureKind.Unauthorized, "missing", "missing credentials");

    /// <summary>What they show does not count.</summary>
    public static readonly Failure Invalid = new(FailureKind.Unauthorized, "invalid_token", "invalid token");

    /// <summary>It counts, and is not enough: RFC 6750 3.1.</summary>
    public static readonly Failure NotEnough = new(FailureKind.Forbidden, "insufficient_scope", "the credentials do not reach this far");
}
