namespace Credence.Messages;

/// <summary>By which way a message goes.</summary>
public enum MessageChannel
{
    /// <summary>By mail.</summary>
    Mail,

    /// <summary>As a short message to a telephone.</summary>
    Sms,

    /// <summary>Not known yet: whom the message goes to, and by which way, is found before it goes (<see cref="AddressMessage"/>).</summary>
    Unaddressed,
}

/// <summary>A message to one person, made of a template when it is sent.</summary>
/// <param name="Channel">By which way.</param>
/// <param name="To">To whom: an e-mail address, or a number in E.164; while unaddressed, whatever is known of them.</param>
/// <param name="Template">Of which template, without its language: <c>verify-email</c>.</param>
/// <param name="Locale">In which language: <c>vi</c>, <c>vi-VN</c>; what is not there is English.</param>
/// <param name="Values">What goes into the template. A code among them is a secret: it lies in the database encrypted, and no longer than it takes to send it.</param>
public sealed record Message(MessageChannel Channel, string To, string Template, string Locale, IReadOnlyDictionary<string, string> Values)
{
    /// <summary>The receiver of a message that nobody gets: it is taken out of the queue and forgotten.</summary>
    public const string Nobody = "";

    /// <summary>Whose the message is, for those who want to hear when it is given up; null where nobody does.</summary>
    public MessageOrigin? Origin { get; init; }

    /// <summary>After this it says nothing any more, and is given up unsent; null for never.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>A record prints its members; this one never prints what is in it, nor to whom it goes.</summary>
    public override string ToString() => $"{Channel} {Template}";
}

/// <summary>What a message was sent for.</summary>
/// <param name="Kind">Which <see cref="WhenGivenUp"/> hears of it: <c>otp</c>.</param>
/// <param name="Namespace">The purpose, logged as <c>otp.namespace</c>: <c>verify-email</c> (contract identity A 15).</param>
/// <param name="Subject">Whatever that one needs to know: the identifier that the code was for.</param>
public sealed record MessageOrigin(string Kind, string Namespace, string Subject);

/// <summary>Finds whom unaddressed messages go to; registered by the room that queued them. It may run again for a message, after a failure or a crash.</summary>
/// <param name="Kind">The <see cref="MessageOrigin.Kind"/> of those it addresses.</param>
/// <param name="RunAsync">
/// Gives the message to send, to <see cref="Message.Nobody"/> when nobody gets it; a failure that is <see cref="FailureKind.Unavailable"/> may go better later.
/// </param>
public sealed record AddressMessage(string Kind, Func<Message, CancellationToken, Task<Result<Message>>> RunAsync);

/// <summary>Hears of messages that were given up; registered by the room that queued them.</summary>
/// <param name="Kind">The <see cref="MessageOrigin.Kind"/> it wants to hear of.</param>
/// <param name="RunAsync">Runs once for each, after the message is gone. When the process dies just then, it is not told.</param>
public sealed record WhenGivenUp(string Kind, Func<MessageOrigin, CancellationToken, Task> RunAsync);
