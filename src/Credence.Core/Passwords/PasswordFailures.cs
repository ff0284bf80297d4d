namespace Credence.Passwords;

/// <summary>What this room refuses.</summary>
public static class PasswordFailures
{
    /// <summary>So many wait already that one more would wait too long.</summary>
    public static readonly Failure Busy = new(FailureKind.Unavailable, "auth.busy", "Too many sign-ins at once; try again in a few seconds");
}
