using System.Security.Cryptography;
using System.Text.Json;
using Credence.Keys;

namespace Credence.Messages;

/// <summary>Encrypts messages while they wait: codes and addresses of people are in them.</summary>
internal sealed class MessageBox(Envelope envelope)
{
    private const string Purpose = "messages.body";

    public string Seal(Id<StoredMessage> id, Message message)
    {
        var body = new MessageBody(message.To, message.Locale, message.Values, message.Origin, message.Until);
        var plain = JsonSerializer.SerializeToUtf8Bytes(body, MessageJson.Default.MessageBody);
        var text = envelope.Protect(Purpose, id.ToString(), plain);
        CryptographicOperations.ZeroMemory(plain);
        return text;
    }

    /// <summary>The message; null when the key that opens it is not here.</summary>
    public Message? Open(StoredMessage stored)
    {
        if (envelope.Open(Purpose, stored.Id.ToString(), stored.SealedBody) is not { } plain) return null;
        var body = JsonSerializer.Deserialize(plain, MessageJson.Default.MessageBody)!;
        CryptographicOperations.ZeroMemory(plain);
        return new Message(stored.Channel, body.To, stored.Template, body.Locale, body.Values) { Origin = body.Origin, Until = body.Until };
    }
}
