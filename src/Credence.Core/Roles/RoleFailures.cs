namespace Credence.Roles;

/// <summary>What this room refuses (contract identity B.7). Codes are the wire's <c>messageCode</c>.</summary>
public static class RoleFailures
{
    /// <summary>The code of everything that the caller may not do.</summary>
    public const string ForbiddenCode = "auth.forbidden";

    /// <summary>The caller's roles do not allow it.</summary>
    public static readonly Failure Forbidden = new(FailureKind.Forbidden, ForbiddenCode, "You may not do this");

    /// <summary>It is about somebody, or a role, of a higher priority than the caller's.</summary>
    public static readonly Failure Outranked = new(FailureKind.Forbidden, ForbiddenCode, "Nobody changes what ranks above them, or gives a role that does");

    /// <summary>It would let somebody do what the caller may not.</summary>
    public static readonly Failure NotOnesOwn = new(FailureKind.Forbidden, ForbiddenCode, "Nobody lets others do what they may not do themselves");

    /// <summary>There is no such role, or not any more.</summary>
    public static readonly Failure RoleNotFound = new(FailureKind.NotFound, "role.not_found", "Role not found");

    /// <summary>There is a role of that name.</summary>
    public static readonly Failure RoleTaken = new(FailureKind.Conflict, "role.identifier_taken", "There is a role with this identifier");

    /// <summary>The role came with the server and stays as it is.</summary>
    public static readonly Failure SystemRole = new(FailureKind.Conflict, "role.system", "What came with the server cannot be changed");

    /// <summary>Somebody has the role.</summary>
    public static readonly Failure RoleInUse = new(FailureKind.Conflict, "role.in_use", "The role is in use");

    /// <summary>There is no such edge, or not any more, or not in that domain.</summary>
    public static readonly Failure EdgeNotFound = new(FailureKind.NotFound, "policy.not_found", "Policy definition not found");

    /// <summary>There is one that says the same.</summary>
    public static readonly Failure EdgeExists = new(FailureKind.Conflict, "policy.exists", "There is a policy definition that says the same");

    /// <summary>Nobody is known under that id, who could do something.</summary>
    public static readonly Failure UnknownSubject = new(FailureKind.Unprocessable, "policy.unknown_subject", "There is no such subject");

    /// <summary>Nothing is known under that id that the edge could end at.</summary>
    public static readonly Failure UnknownTarget = new(FailureKind.Unprocessable, "policy.unknown_target", "There is no such target");

    /// <summary>Without this one nobody would be left who may do everything.</summary>
    public static readonly Failure LastSuperAdmin = new(FailureKind.Conflict, "policy.last_super_admin", "Nobody else is super administrator");
}
