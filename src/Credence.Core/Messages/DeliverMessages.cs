using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;
using Log = Credence.Telemetry.Log;

namespace Credence.Messages;

/// <summary>
/// Sends what is queued, on any number of nodes: what a node takes it has for a lease, so that none is sent twice and a crash loses none. A failed attempt is
/// repeated after 1, 2 and 4 seconds, then the message is given up (contract identity B.6). Mails and short messages do not wait for each other. What is not
/// addressed yet is addressed first, and queued again.
/// </summary>
public sealed class DeliverMessages
{
    /// <summary>How often a failed attempt is repeated.</summary>
    private const int Retries = 3;

    /// <summary>How many are under way at once: a server that hangs holds up its own few.</summary>
    private const int AtOnce = 16;

    private static readonly TimeSpan FirstRest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Db _db;
    private readonly ISharedState _state;
    private readonly SendMessage _send;
    private readonly MessageQueue _queue;
    private readonly MessageBox _box;
    private readonly MessageOptions _options;
    private readonly IEnumerable<AddressMessage> _addressing;
    private readonly IEnumerable<WhenGivenUp> _givenUp;
    private readonly Metrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Wake[] _wakes = [.. Enum.GetValues<MessageChannel>().Select(_ => new Wake())];
    private readonly DateTimeOffset[] _nextDue = [.. Enum.GetValues<MessageChannel>().Select(_ => DateTimeOffset.MaxValue)];

    internal DeliverMessages(
        Db db, ISharedState state, SendMessage send, MessageQueue queue, MessageBox box, MessageOptions options, IEnumerable<AddressMessage> addressing,
        IEnumerable<WhenGivenUp> givenUp, Metrics metrics, TimeProvider clock, ILogger<DeliverMessages> log)
    {
        (_db, _state, _send, _queue, _box, _options) = (db, state, send, queue, box, options);
        (_addressing, _givenUp, _metrics, _clock, _log) = (addressing, givenUp, metrics, clock, log);
    }

    /// <summary>Begins to hear of messages that are queued, here and on other nodes.</summary>
    public void Listen()
    {
        foreach (var channel in Enum.GetValues<MessageChannel>())
        {
            var topic = MessageQueue.Topic(channel);
            _state.Subscribe($"credence:{topic}", _ => _wakes[(int)channel].Call());
            _db.WhenCommitted(topic, () =>
            {
                _wakes[(int)channel].Call();
                _state.Publish($"credence:{topic}", "");
            });
        }
    }

    /// <summary>Waits until something is queued or due, but no longer than <paramref name="most"/>.</summary>
    public Task WaitAsync(MessageChannel channel, TimeSpan most, CancellationToken ct)
    {
        var until = _nextDue[(int)channel] - _clock.Now();
        return _wakes[(int)channel].WaitAsync(until < TimeSpan.Zero ? TimeSpan.Zero : until < most ? until : most, ct);
    }

    /// <summary>Sends until nothing is due any more and nothing is under way. Told to stop, it takes nothing more and waits for what is under way.</summary>
    public async Task RunAsync(MessageChannel channel, CancellationToken ct)
    {
        var sending = new List<Task>();
        try
        {
            var woken = Task.CompletedTask;
            while (!ct.IsCancellationRequested)
            {
                var taken = await TakeAsync(channel, AtOnce - sending.Count, ct);
                sending.AddRange(taken.Select(AttemptAsync));
                if (sending.Count == 0) return;
                if (woken.IsCompleted) woken = WaitAsync(channel, Longest, ct);
                await (sending.Count == AtOnce ? Task.WhenAny(sending) : Task.WhenAny([.. sending, woken]));
                foreach (var done in sending.Where(task => task.IsCompleted).ToList())
                {
                    sending.Remove(done);
                    await done;
                }
            }
        }
        finally
        {
            await Task.WhenAll(sending);
        }
    }

    private async Task<List<StoredMessage>> TakeAsync(MessageChannel channel, int most, CancellationToken ct)
    {
        var now = _clock.Now();
        var due = await MessageStore.NextDueAsync(_db, channel, ct);
        _nextDue[(int)channel] = due ?? DateTimeOffset.MaxValue;
        if (due is null || due > now) return [];
        await using var tx = await _db.BeginAsync(ct);
        var taken = await MessageStore.TakeAsync(tx, channel, most, now + _options.Lease, now, ct);
        await tx.CommitAsync();
        return taken;
    }

    /// <summary>One attempt. It is not cut off by a stop: what a server may have taken already would be sent again.</summary>
    private async Task AttemptAsync(StoredMessage stored)
    {
        var message = _box.Open(stored);
        if (message?.To == Message.Nobody) // as the version before queues them, which may run beside this one
        {
            await EndAsync(stored);
            return;
        }

        var failure = await TryAsync(stored, message);
        if (failure is null) return;
        if (failure.Kind == FailureKind.Unavailable && stored.Attempts <= Retries)
        {
            Count(stored, Metrics.MessageResult.Failed);
            Log.MessageFailed(_log, Words.Of(stored.Channel), stored.Template, stored.Id.ToString(), stored.Attempts, failure.Code, failure.Detail);
            await using var tx = await _db.BeginAsync(CancellationToken.None);
            await MessageStore.RetryAsync(tx, stored, _clock.Now() + (FirstRest * Math.Pow(2, stored.Attempts - 1)), CancellationToken.None);
            await tx.CommitAsync();
        }
        else if (await EndAsync(stored))
        {
            Count(stored, Metrics.MessageResult.GivenUp);
            Log.MessageGivenUp(
                _log, Words.Of(stored.Channel), stored.Template, stored.Id.ToString(), stored.Attempts, failure.Code, failure.Detail, message?.Origin?.Namespace);
            if (message?.Origin is { } origin) await TellAsync(origin);
        }
    }

    private async Task<Failure?> TryAsync(StoredMessage stored, Message? message)
    {
        if (message is null) return MessageFailures.Unreadable;
        if (message.Until is { } until && until <= _clock.Now()) return MessageFailures.Late;
        if (stored.Attempts > Retries + 1) return MessageFailures.Interrupted;
        return stored.Channel == MessageChannel.Unaddressed ? await AddressAsync(stored, message) : await SendAsync(stored, message);
    }

    private async Task<Failure?> SendAsync(StoredMessage stored, Message message)
    {
        var sent = await _send.RunAsync(stored.Id, message, CancellationToken.None);
        if (!sent.Succeeded) return sent.Failure;
        Count(stored, Metrics.MessageResult.Sent);
        await EndAsync(stored);
        return null;
    }

    private async Task<Failure?> AddressAsync(StoredMessage stored, Message message)
    {
        if (_addressing.FirstOrDefault(one => one.Kind == message.Origin?.Kind) is not { } addressing) return MessageFailures.Unaddressable;
        var addressed = await addressing.RunAsync(message, CancellationToken.None);
        if (!addressed.Succeeded) return addressed.Failure;
        await EndAsync(stored, addressed.Value);
        return null;
    }

    /// <returns>Whether it was this node's to end; only then is <paramref name="next"/> queued in its place.</returns>
    private async Task<bool> EndAsync(StoredMessage stored, Message? next = null)
    {
        await using var tx = await _db.BeginAsync(CancellationToken.None);
        var mine = await MessageStore.RemoveAsync(tx, stored, CancellationToken.None);
        if (mine && next is not null && next.To != Message.Nobody) await _queue.AddAsync(tx, next, CancellationToken.None);
        await tx.CommitAsync();
        return mine;
    }

    /// <summary>Counts an attempt; where the way is not known yet, with the mails if there is such a mail.</summary>
    private void Count(StoredMessage stored, Metrics.MessageResult result)
    {
        var isMail = stored.Channel != MessageChannel.Sms && MessageTemplates.Has(MessageChannel.Mail, stored.Template);
        _metrics.MessageSent(isMail, stored.Template, result);
    }

    private async Task TellAsync(MessageOrigin origin)
    {
        foreach (var one in _givenUp.Where(one => one.Kind == origin.Kind))
        {
            try
            {
                await one.RunAsync(origin, CancellationToken.None);
            }
            catch (Exception error)
            {
                Log.GivenUpUnheard(_log, origin.Namespace, error); // the message is gone; what it was for goes on without this
            }
        }
    }
}
