using System.Text.Json.Serialization;
using Credence.Storage;

namespace Credence.Messages;

/// <summary>A message in the queue.</summary>
/// <param name="Id">Its id; the mail's own name, so that a second attempt is seen to be the same mail.</param>
/// <param name="Channel">By which way it goes.</param>
/// <param name="Template">Of which template it is made.</param>
/// <param name="SealedBody">All the rest, encrypted.</param>
/// <param name="Attempts">How often it was tried, the attempt under way included.</param>
public sealed record StoredMessage(Id<StoredMessage> Id, MessageChannel Channel, string Template, string SealedBody, int Attempts) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "msg_";

    internal static Sql Columns { get; } = Sql.Of($"id, channel, template, body, attempts");

    internal static StoredMessage Read(Row row) => new(
        row.Id<StoredMessage>("id"), row.Word<MessageChannel>("channel"), row.Text("template"), row.Text("body"), row.Int("attempts"));
}

/// <summary>What of a message is encrypted.</summary>
internal sealed record MessageBody(
    string To, string Locale, IReadOnlyDictionary<string, string> Values, MessageOrigin? Origin, DateTimeOffset? Until);

/// <summary>A body as it is kept.</summary>
[JsonSerializable(typeof(MessageBody))]
internal sealed partial class MessageJson : JsonSerializerContext;
