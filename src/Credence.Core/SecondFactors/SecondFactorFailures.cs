namespace Credence.SecondFactors;

/// <summary>What this room refuses.</summary>
public static class SecondFactorFailures
{
    /// <summary>The code or passkey is not right, or was used.</summary>
    public static readonly Failure Invalid = new(FailureKind.Unauthorized, "auth.second_factor_invalid", "That second factor is not right, or was used already");

    /// <summary>The sign-in that it was shown for is over, unknown, or was tried too often; nobody is told which.</summary>
    public static readonly Failure Over = new(FailureKind.Unauthorized, "auth.second_factor_expired", "The sign-in took too long or was tried too often: begin again");

    /// <summary>The first code of a new app is not right.</summary>
    public static readonly Failure NotConfirmed = new(FailureKind.Invalid, "second_factor.code_invalid", "The code is not the one that the app shows now");

    /// <summary>Nothing waits for a first code, or it waited too long.</summary>
    public static readonly Failure NothingBegun = new(FailureKind.Conflict, "second_factor.not_begun", "There is nothing to confirm: begin again");

    /// <summary>There is one already.</summary>
    public static readonly Failure AlreadyThere = new(FailureKind.Conflict, "second_factor.already_on", "That is on already: turn it off first");

    /// <summary>There is none.</summary>
    public static readonly Failure NotThere = new(FailureKind.NotFound, "second_factor.not_found", "There is no such second factor");

    /// <summary>There is no passkey that could be asked for.</summary>
    public static readonly Failure NoPasskey = new(FailureKind.Conflict, "second_factor.no_passkey", "There is no passkey to ask for: add one first");
}
