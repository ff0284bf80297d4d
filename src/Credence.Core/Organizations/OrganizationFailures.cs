namespace Credence.Organizations;

/// <summary>What this room refuses.</summary>
public static class OrganizationFailures
{
    /// <summary>Another organization has the address.</summary>
    public static readonly Failure EmailInUse = new(FailureKind.Conflict, "CONFLICT", "An organization with this email exists already");

    /// <summary>The address was verified by another organization meanwhile.</summary>
    public static readonly Failure EmailTaken = new(FailureKind.Conflict, "EMAIL_TAKEN", "Another organization has verified this email");

    /// <summary>The verification link is unknown.</summary>
    public static readonly Failure VerificationNotFound = Failure.NotFound("There is no such verification link");

    /// <summary>The verification link is too old.</summary>
    public static readonly Failure VerificationExpired =
        new(FailureKind.Invalid, "TOKEN_EXPIRED", "This verification link has expired; ask for a new one");

    /// <summary>The text is no e-mail address.</summary>
    public static readonly Failure EmailMalformed = Failure.Invalid("email must be an address such as name@example.com, at most 254 characters");

    /// <summary>The key is unknown, expired or revoked; which of them is not said.</summary>
    public static readonly Failure InvalidApiKey = new(FailureKind.Unauthorized, "UNAUTHORIZED", "The API key is not valid");

    /// <summary>There is no such key in this organization.</summary>
    public static readonly Failure ApiKeyNotFound = Failure.NotFound("API key not found");

    /// <summary>Without this key nobody could manage the organization.</summary>
    public static readonly Failure LastApiKey =
        new(FailureKind.Conflict, "CONFLICT", "This is the organization's last full API key; rotate it instead, or create another first");

    /// <summary>Another organization has the slug.</summary>
    public static readonly Failure SlugTaken = new(FailureKind.Conflict, "ORG_ALREADY_EXISTS", "An organization with this slug exists already.");

    /// <summary>There is no such organization for this caller, in the words of the agents door.</summary>
    public static readonly Failure Unknown = new(FailureKind.NotFound, "ORG_NOT_FOUND", "There is no such organization.");

    /// <summary>It was deleted.</summary>
    public static readonly Failure Deleted = new(FailureKind.Conflict, "ORG_DELETED", "The organization is deleted.");

    /// <summary>Agents of it still work.</summary>
    public static readonly Failure HasAgents = new(FailureKind.Conflict, "ORG_HAS_AGENTS", "The organization still has active agents.");

    /// <summary>Without this organization nobody could run the installation.</summary>
    public static readonly Failure RunsInstallation =
        new(FailureKind.Conflict, "ORG_RUNS_INSTALLATION", "This organization runs the installation and cannot be stopped.");

    /// <summary>The organization is gone.</summary>
    public static readonly Failure NotFound = Failure.NotFound("Organization not found");
}
