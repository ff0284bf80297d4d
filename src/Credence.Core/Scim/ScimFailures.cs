namespace Credence.Scim;

/// <summary>What this room refuses; the codes are the words of RFC 7644 3.12.</summary>
public static class ScimFailures
{
    /// <summary>The token is none, or was revoked.</summary>
    public static readonly Failure TokenInvalid = new(FailureKind.Unauthorized, "unauthorized", "The SCIM token is not valid");

    /// <summary>There is no such token in this organization.</summary>
    public static readonly Failure TokenNotFound = Failure.NotFound("There is no such SCIM token");

    /// <summary>There is no such resource in this organization.</summary>
    public static readonly Failure NotFound = new(FailureKind.NotFound, "noTarget", "There is no such resource");

    /// <summary>Another resource has one of its unique values.</summary>
    public static readonly Failure Taken = new(FailureKind.Conflict, "uniqueness", "Another resource of the organization has this userName, externalId or displayName");

    /// <summary>Another user is known by a name that this one would have.</summary>
    public static readonly Failure NameTaken = new(FailureKind.Conflict, "uniqueness", "Another user of the organization is known by this userName or externalId");

    /// <summary>The resource changed since the caller saw it (RFC 7644 3.14).</summary>
    public static readonly Failure Outdated = new(FailureKind.Outdated, "", "The resource has changed: its version is not the one in If-Match");

    /// <summary>A value that the schema does not allow.</summary>
    public static Failure Value(string detail) => new(FailureKind.Invalid, "invalidValue", detail);

    /// <summary>A body that is not built as it should be.</summary>
    public static Failure Syntax(string detail) => new(FailureKind.Invalid, "invalidSyntax", detail);

    /// <summary>A path that leads to no attribute.</summary>
    public static Failure Path(string detail) => new(FailureKind.Invalid, "invalidPath", detail);

    /// <summary>A filter that cannot be read, or asks for what a value cannot be asked.</summary>
    public static Failure Filter(string detail) => new(FailureKind.Invalid, "invalidFilter", detail);

    /// <summary>An attribute that clients cannot set or take away.</summary>
    public static Failure Mutability(string name) => new(FailureKind.Invalid, "mutability", $"{name} cannot be changed or removed");

    /// <summary>A path whose filter matches none of the values there are.</summary>
    public static Failure NoTarget(string detail) => new(FailureKind.Invalid, "noTarget", detail);

    /// <summary>A search that would have to look at more than this server will.</summary>
    public static Failure TooMany(int most) =>
        new(FailureKind.Invalid, "tooMany", $"This would look at more than {most} resources one by one: ask for less, or by an attribute that is indexed");
}
