using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;
using Log = Credence.Telemetry.Log;

namespace Credence.Messages;

/// <summary>
/// Sends what is queued, on any number of nodes: what a node takes it has for a lease, so that none is sent twice and a crash loses none. A failed attempt is
/// repeated after 1, 2 and 4 seconds, then the message is given up (contract identity B.6). Mails and short messages do not wait for each other.
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
    private readonly MessageBox _box;
    private readonly MessageOptions _options;
    private readonly IEnumerable<WhenGivenUp> _givenUp;
    private readonly Metrics _metrics;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly Wake[] _wakes = [new(), new()];
    private readonly DateTimeOffset[] _nextDue = [DateTimeOffset.MaxValue, DateTimeOffset.MaxValue];

    internal DeliverMessages(
        Db db, ISharedState state, SendMessage send, MessageBox box, MessageOptions options, IEnumerable<WhenGivenUp> givenUp, Metrics metrics, TimeProvider clock,
        ILogger<DeliverMessages> log)
    {
        (_db, _state, _send, _box, _options, _givenUp, _metrics, _clock, _log) = (db, state, send, box, options, givenUp, metrics, clock, log);
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
        if (message?.To == Message.Nobody)
        {
            await EndAsync(stored);
            return;
        }

        var sent = await SendAsync(stored, message);
        if (sent.Succeeded)
        {
            _metrics.MessageSent(stored.Channel == MessageChannel.Mail, stored.Template, Metrics.MessageResult.Sent);
            await EndAsync(stored);
        }
        else if (sent.Failure.Kind == FailureKind.Unavailable && stored.Attempts <= Retries)
        {
            _metrics.MessageSent(stored.Channel == MessageChannel.Mail, stored.Template, Metrics.MessageResult.Failed);
            Log.MessageFailed(_log, Words.Of(stored.Channel), stored.Template, stored.Id.ToString(), stored.Attempts, sent.Failure.Code, sent.Failure.Detail);
            await using var tx = await _db.BeginAsync(CancellationToken.None);
            await MessageStore.RetryAsync(tx, stored, _clock.Now() + (FirstRest * Math.Pow(2, stored.Attempts - 1)), CancellationToken.None);
            await tx.CommitAsync();
        }
        else if (await EndAsync(stored))
        {
            _metrics.MessageSent(stored.Channel == MessageChannel.Mail, stored.Template, Metrics.MessageResult.GivenUp);
            Log.MessageGivenUp(
                _log, Words.Of(stored.Channel), stored.Template, stored.Id.ToString(), stored.Attempts, sent.Failure.Code, sent.Failure.Detail, message?.Origin?.Namespace);
            if (message?.Origin is { } origin) await TellAsync(origin);
        }
    }

    private async Task<Result<string>> SendAsync(StoredMessage stored, Message? message)
    {
        if (message is null) return MessageFailures.Unreadable;
        if (message.Until is { } until && until <= _clock.Now()) return MessageFailures.Late;
        if (stored.Attempts > Retries + 1) return MessageFailures.Interrupted;
        return await _send.RunAsync(stored.Id, message, CancellationToken.None);
    }

    private async Task<bool> EndAsync(StoredMessage stored)
    {
        await using var tx = await _db.BeginAsync(CancellationToken.None);
        var mine = await MessageStore.RemoveAsync(tx, stored, CancellationToken.None);
        await tx.CommitAsync();
        return mine;
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
