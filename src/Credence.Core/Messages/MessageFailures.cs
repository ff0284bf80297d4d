namespace Credence.Messages;

/// <summary>Why a message is not sent, beside what mail servers and providers say. <see cref="FailureKind.Unavailable"/> may go better later; any other is final.</summary>
public static class MessageFailures
{
    /// <summary>There is no way to send mail (contract operations O13).</summary>
    public static readonly Failure NoMail = new(FailureKind.Unavailable, "mail.not_configured", "Mail is not set up on this server");

    /// <summary>There is no way to send short messages (contract operations O13).</summary>
    public static readonly Failure NoSms = new(FailureKind.Unavailable, "sms.not_configured", "Short messages are not set up on this server");

    /// <summary>The credential of the provider was encrypted under a key that is not here.</summary>
    public static readonly Failure CredentialLost =
        new(FailureKind.Unavailable, "configuration.credential_lost", "The provider's credential cannot be decrypted with the server's keys: set it anew");

    /// <summary>The number is not one that can be called from anywhere.</summary>
    public static readonly Failure NoNumber = new(FailureKind.Invalid, "sms.number", "The number is not in E.164");

    /// <summary>The message was encrypted under a key that is not here.</summary>
    internal static readonly Failure Unreadable = new(FailureKind.Gone, "message.unreadable", "The message cannot be decrypted with the server's keys");

    /// <summary>No room knows whom it goes to.</summary>
    internal static readonly Failure Unaddressable = new(FailureKind.Gone, "message.unaddressable", "Nothing here knows whom messages of this kind go to");

    /// <summary>What the message says is over.</summary>
    internal static readonly Failure Late = new(FailureKind.Gone, "message.late", "What the message says does not hold any more");

    /// <summary>Every attempt was cut off by the end of the process that made it.</summary>
    internal static readonly Failure Interrupted = new(FailureKind.Gone, "message.interrupted", "No attempt came to an end");

    /// <summary>The provider said no.</summary>
    internal static Failure SmsRefused(string detail) => new(FailureKind.BadUpstream, "sms.refused", detail);

    /// <summary>The provider is away, or busy.</summary>
    internal static Failure SmsAway(string detail) => new(FailureKind.Unavailable, "sms.unreachable", detail);
}
