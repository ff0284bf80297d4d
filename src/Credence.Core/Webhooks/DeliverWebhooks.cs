using Credence.State;
using Credence.Storage;

namespace Credence.Webhooks;

/// <summary>
/// Sends what is due, on any number of nodes (contract operations O25 to O30). Each webhook that has something due gets a lane of its own, in turn; those
/// whose last attempts failed share half of the lanes, so that however many receivers hang, the others are served at once.
/// </summary>
public sealed class DeliverWebhooks
{
    private const string Channel = "credence:webhook-deliveries";

    /// <summary>The longest rest while something is on its way.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private readonly Db _db;
    private readonly ISharedState _state;
    private readonly DeliveryLane _lane;
    private readonly WebhookOptions _options;
    private readonly TimeProvider _clock;
    private readonly Wake _wake = new();
    private string _lastServed = "";
    private DateTimeOffset _nextDue = DateTimeOffset.MaxValue;

    private sealed record OpenLane(Task<bool> Task, bool Failing);

    internal DeliverWebhooks(Db db, ISharedState state, DeliveryLane lane, WebhookOptions options, TimeProvider clock)
    {
        (_db, _state, _lane, _options, _clock) = (db, state, lane, options, clock);
    }

    /// <summary>Begins to hear of deliveries that are queued, here and on other nodes.</summary>
    public void Listen()
    {
        _state.Subscribe(Channel, _ => _wake.Call());
        _db.WhenCommitted(DeliveryQueue.Topic, () =>
        {
            _wake.Call();
            _state.Publish(Channel, "");
        });
    }

    /// <summary>Waits until something is queued or due, but no longer than <paramref name="most"/>.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken ct) => _wake.WaitAsync(UntilDue(most), ct);

    /// <summary>Sends until nothing is due any more and nothing is on its way.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        var lanes = new Dictionary<string, OpenLane>(StringComparer.Ordinal);
        try
        {
            var more = await OpenAsync(lanes, ct);
            var woken = Task.CompletedTask;
            while (lanes.Count > 0 && !ct.IsCancellationRequested)
            {
                if (woken.IsCompleted) woken = _wake.WaitAsync(UntilDue(Longest), ct);
                await Task.WhenAny([.. lanes.Values.Select(lane => lane.Task), woken]);
                foreach (var (webhook, lane) in lanes.Where(lane => lane.Value.Task.IsCompleted).ToList())
                {
                    lanes.Remove(webhook);
                    more |= await lane.Task;
                }

                if ((more || woken.IsCompleted) && !ct.IsCancellationRequested) more = await OpenAsync(lanes, ct);
            }
        }
        finally
        {
            await Task.WhenAll(lanes.Values.Select(lane => lane.Task));
        }
    }

    private TimeSpan UntilDue(TimeSpan most)
    {
        var until = _nextDue - _clock.Now();
        return until < TimeSpan.Zero ? TimeSpan.Zero : until < most ? until : most;
    }

    /// <summary>Opens a lane for each webhook that has something due, beginning behind the one that was served last.</summary>
    /// <returns>Whether one was passed over: it has its lane already, or there is none left.</returns>
    private async Task<bool> OpenAsync(Dictionary<string, OpenLane> lanes, CancellationToken ct)
    {
        var now = _clock.Now();
        var waiting = await DeliveryQueue.WaitingAsync(_db, ct);
        _nextDue = waiting.Where(webhook => webhook.DueAt > now).Select(webhook => webhook.DueAt).DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        var due = waiting.Where(webhook => webhook.DueAt <= now).OrderBy(webhook => string.CompareOrdinal(webhook.Webhook, _lastServed) <= 0).ToList();
        var passedOver = false;
        foreach (var (webhook, failing, _) in due)
        {
            var places = failing ? _options.Concurrency / 2 : _options.Concurrency;
            var taken = failing ? lanes.Values.Count(lane => lane.Failing) : lanes.Count;
            if (lanes.ContainsKey(webhook) || taken >= places || lanes.Count >= _options.Concurrency)
            {
                passedOver = true;
                continue;
            }

            lanes[webhook] = new OpenLane(_lane.RunAsync(webhook, ct), failing);
            _lastServed = webhook;
        }

        return passedOver;
    }
}
