namespace Credence.SignIn;

/// <summary>What this room refuses (contract identity B.5). Codes are the wire's <c>messageCode</c>.</summary>
public static class SignInFailures
{
    /// <summary>Whatever was wrong: that there is no such person must look like a wrong password (C.3).</summary>
    public static readonly Failure InvalidCredentials = new(FailureKind.Unauthorized, "auth.invalid_credentials", "Invalid credentials");

    /// <summary>The password was right, and the identifier was never proven to be theirs.</summary>
    public static readonly Failure IdentifierUnverified = new(FailureKind.Forbidden, "auth.identifier_unverified", "The identifier is not verified yet");

    /// <summary>The first factor was right, and they have a second.</summary>
    public static readonly Failure SecondFactorRequired = new(FailureKind.Forbidden, "auth.second_factor_required", "A second factor is asked for");

    /// <summary>Somebody has that user name.</summary>
    public static readonly Failure IdentifierTaken = new(FailureKind.Conflict, "auth.identifier_taken", "The user name is taken");

    /// <summary>Somebody else has proven that the identifier is theirs, which whoever reads this has proven too.</summary>
    public static readonly Failure IdentifierProven = new(FailureKind.Conflict, "auth.identifier_taken", "Somebody else has that identifier");

    /// <summary>The person has no such identifier.</summary>
    public static readonly Failure NoSuchIdentifier = new(FailureKind.NotFound, "identifier.not_found", "Identifier not found");

    /// <summary>A user name, or the last thing that somebody can sign in with.</summary>
    public static readonly Failure IdentifierStays = new(FailureKind.Conflict, "identifier.stays", "Nobody could sign in any more: the identifier stays");

    /// <summary>That is no address (contract forward-auth FA-1).</summary>
    public static readonly Failure EmailInvalid = new(FailureKind.Invalid, "auth.email_invalid", "invalid email");

    /// <summary>The password is shorter than <c>AUTH_PASSWORD_MIN_LENGTH</c>.</summary>
    public static readonly Failure PasswordTooShort = new(FailureKind.Invalid, "auth.password_too_short", "password too short");

    /// <summary>The password is longer than bcrypt reads: nothing is cut.</summary>
    public static readonly Failure PasswordTooLong = new(FailureKind.Invalid, "auth.password_too_long", "password too long");

    /// <summary>Somebody has that address.</summary>
    public static readonly Failure EmailTaken = new(FailureKind.Conflict, "auth.email_taken", "email already exists");

    /// <summary>The refresh token is unknown or too old, or its session is over.</summary>
    public static readonly Failure RefreshInvalid = new(FailureKind.Unauthorized, "auth.refresh_invalid", "The refresh token is not valid");

    /// <summary>The refresh token was used before, so one of two who have it should not: its session is over.</summary>
    public static readonly Failure RefreshReused = new(FailureKind.Unauthorized, "auth.refresh_reused", "The refresh token has been used already");

    /// <summary>No key of that name signs or verifies people's tokens.</summary>
    public static readonly Failure NoSuchKey = new(FailureKind.NotFound, "key.not_found", "There is no such key");

    /// <summary>What changes how somebody signs in takes a sign-in within the last five minutes.</summary>
    public static readonly Failure NotFresh = new(FailureKind.Forbidden, "auth.sign_in_too_old", "This takes a sign-in within the last five minutes");

    /// <summary>The code of <see cref="TooMany"/>.</summary>
    public const string TooManyCode = "auth.too_many_failures";

    /// <summary>What a weak password is called.</summary>
    public const string WeakPassword = "is too common: choose one that others do not use";

    /// <summary>What the password of before is called.</summary>
    public const string SamePassword = "must not be the one of before";

    /// <summary>A failure in too short a time, for this identifier or from this address.</summary>
    /// <param name="wait">How long to wait.</param>
    public static Failure TooMany(TimeSpan wait) =>
        new(FailureKind.TooMany, TooManyCode, $"Too many failed attempts. Retry in {Math.Ceiling(wait.TotalSeconds)} seconds.") { RetryAfter = wait };
}
