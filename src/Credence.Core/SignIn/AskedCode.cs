using Credence.Messages;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>A code that was asked for, as it waits in the queue for the one it goes to to be found.</summary>
/// <param name="Input">What was asked for.</param>
/// <param name="Session">The session that waits for the code.</param>
internal sealed record AskedCode(SendCode.Input Input, string Session)
{
    /// <summary>The sort of messages with codes.</summary>
    public const string Kind = "otp";

    private const string Scheme = "scheme";
    private const string SessionToken = "session";
    private const string Person = "person";

    /// <summary>As a message that is not addressed yet.</summary>
    public Message ToMessage(DateTimeOffset until)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal) { [Scheme] = Words.Of(Input.Scheme), [SessionToken] = Session };
        if (Input.For is { } person) values[Person] = person.ToString();
        var ns = Input.Namespace.Word();
        return new Message(MessageChannel.Unaddressed, Input.Identifier, ns, Input.Locale ?? "", values)
        {
            Origin = new MessageOrigin(Kind, ns, Input.Identifier),
            Until = until,
        };
    }

    /// <summary>Reads it again; null when it is of another kind.</summary>
    public static AskedCode? Read(Message message)
    {
        if (CodeNamespaces.Find(message.Template) is not { } ns || Words.Find<IdentifierScheme>(message.Values.GetValueOrDefault(Scheme)) is not { } scheme) return null;
        var person = PersonId.TryParse(message.Values.GetValueOrDefault(Person), out var id) ? id : (PersonId?)null;
        return new AskedCode(new SendCode.Input(ns, scheme, message.To, person, message.Locale is "" ? null : message.Locale), message.Values[SessionToken]);
    }
}
