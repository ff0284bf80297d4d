using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Messages;

/// <summary>A message that was shown instead of sent.</summary>
/// <param name="Id">Its id.</param>
/// <param name="At">When.</param>
/// <param name="Channel">By which way it would have gone.</param>
/// <param name="To">To whom.</param>
/// <param name="Template">Of which template it was made; empty for none.</param>
/// <param name="Subject">A mail's subject.</param>
/// <param name="Text">The text.</param>
/// <param name="Html">The same as HTML; null for none.</param>
public sealed record ShownMessage(string Id, DateTimeOffset At, MessageChannel Channel, string To, string Template, string? Subject, string Text, string? Html);

/// <summary>Where messages go in development while there is no provider: the log, and the page <c>/dev/outbox</c>. Nothing of it outlives the process.</summary>
public sealed class DevelopmentOutbox(MessageOptions options, ILogger<DevelopmentOutbox> log)
{
    private const int MostKept = 200;

    private readonly LinkedList<ShownMessage> _shown = new();
    private readonly Lock _gate = new();

    /// <summary>The last ones, the newest first.</summary>
    public IReadOnlyList<ShownMessage> Newest()
    {
        lock (_gate) return [.. _shown];
    }

    /// <summary>Shows a message.</summary>
    /// <returns>False outside development: nothing was shown, and nothing logged.</returns>
    internal bool Show(ShownMessage message)
    {
        if (!options.ShowUnsent) return false;
        lock (_gate)
        {
            _shown.AddFirst(message);
            if (_shown.Count > MostKept) _shown.RemoveLast();
        }

        Log.MessageShown(log, Words.Of(message.Channel), message.To, message.Subject, message.Text);
        return true;
    }
}
