using System.Diagnostics.CodeAnalysis;
using Credence.Storage;

namespace Credence.Messages;

/// <summary>Queues messages in the transaction of what they tell of: they go out if that happened, and not otherwise (contract identity A 41, B.6; decision 0038).</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is one.")]
public sealed class MessageQueue
{
    private readonly MessageBox _box;
    private readonly TimeProvider _clock;

    internal MessageQueue(MessageBox box, TimeProvider clock) => (_box, _clock) = (box, clock);

    /// <summary>Queues a message; it is sent soon after the commit.</summary>
    /// <exception cref="ArgumentException">There is no such template.</exception>
    public Task AddAsync(DbTx tx, Message message, CancellationToken ct)
    {
        if (!MessageTemplates.Has(message.Channel, message.Template)) throw new ArgumentException($"there is no template {message.Template}", nameof(message));
        var now = _clock.Now();
        var id = Id<StoredMessage>.New(now);
        tx.Tells(Topic(message.Channel));
        return MessageStore.AddAsync(tx, new StoredMessage(id, message.Channel, message.Template, _box.Seal(id, message), 0), now, ct);
    }

    /// <summary>A commit of this topic queued something for a channel.</summary>
    internal static string Topic(MessageChannel channel) => $"messages-{Words.Of(channel)}";
}
