namespace Credence.Grants;

/// <summary>What this room refuses.</summary>
public static class GrantFailures
{
    /// <summary>There is no such grant in this organization, or it is over.</summary>
    public static readonly Failure NotFound = Failure.NotFound("There is no such grant, or it is over");

    /// <summary>The grant is not paused.</summary>
    public static readonly Failure NotPaused = new(FailureKind.Conflict, "CONFLICT", "The grant is not paused");

    /// <summary>The grant is paused with the one it was delegated from.</summary>
    public static readonly Failure PausedAbove = new(FailureKind.Conflict, "CONFLICT", "The grant is paused with one that it was delegated from: resume that one");

    /// <summary>The parent token does not verify.</summary>
    public static readonly Failure ParentInvalid = Failure.Invalid("parentGrantToken is not a valid grant token");

    /// <summary>The parent grant is over.</summary>
    public static readonly Failure ParentEnded = Failure.Invalid("The parent grant has been revoked or has expired");

    /// <summary>The parent token is another organization's.</summary>
    public static readonly Failure ParentForeign = new(FailureKind.Forbidden, "FORBIDDEN", "parentGrantToken belongs to another organization");

    /// <summary>The chain of delegations would be too long.</summary>
    public static Failure TooDeep(int most) => new(FailureKind.Forbidden, "DELEGATION_DEPTH_EXCEEDED", $"Authority can be passed on {most} times at most");

    /// <summary>A scope is not the parent's to give.</summary>
    public static Failure ScopeBeyondParent(string scope) => Failure.Invalid($"scopes has one that the parent grant lacks: {scope}");
}
