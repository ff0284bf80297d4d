using Credence.Telemetry;

namespace Credence.OneTimeCodes;

/// <summary>What this room refuses (contract identity B.6).</summary>
public static class CodeFailures
{
    /// <summary>A wrong code, an unknown session, one that is over: nobody is told which.</summary>
    public static readonly Failure Invalid = new(FailureKind.Invalid, "otp.invalid", "The code is not valid or has expired");

    /// <summary>The shared state is away, and nothing may stand in for it: a node's own count would multiply the guesses (contract identity C.2).</summary>
    public static readonly Failure Unavailable = new(FailureKind.Unavailable, "otp.unavailable", "OTP service unavailable") { RetryAfter = TimeSpan.FromSeconds(30) };

    /// <summary>Too many wrong codes were sent.</summary>
    public static Failure Locked(TimeSpan wait) => new(FailureKind.Locked, "otp.locked", "Too many wrong codes were sent, try again later") { RetryAfter = wait };

    /// <summary>Why there is no code.</summary>
    internal static Failure Of(CodeRequestResult result, TimeSpan wait) => result switch
    {
        CodeRequestResult.Locked => Locked(wait),
        CodeRequestResult.Cooldown => new(FailureKind.TooMany, "otp.cooldown", "A code was sent just now, try again later") { RetryAfter = wait },
        CodeRequestResult.Quota => new(FailureKind.TooMany, "otp.daily_limit", "Too many codes were sent today, try again later") { RetryAfter = wait },
        _ => Unavailable,
    };
}
