using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Webhooks;

/// <summary>
/// Serves one webhook for as long as it has something due: takes some deliveries, sends them side by side, writes down what became of them and takes the
/// next, in one transaction. Each webhook has a lane of its own, so a slow receiver waits for nobody but itself. With no transaction open while it
/// sends, what a node had taken when it crashed comes back when the lease is over (contract operations O30).
/// </summary>
internal sealed class DeliveryLane(
    Db db, SendDelivery send, RecordAttempts record, WebhookOptions options, TimeProvider clock, ILogger<DeliveryLane> log) : IDisposable
{
    /// <summary>How many a webhook is sent at the same time by one node.</summary>
    private const int AtOnce = 8;

    /// <summary>After so many rounds the lane ends, so that others have their turn.</summary>
    private const int Rounds = 20;

    /// <summary>How many of a webhook that is switched off are given up at a time.</summary>
    private const int GivenUpAtOnce = 500;

    /// <summary>How long what is being sent may take when the server stops; the shut-down waits for 8 s in all.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(4);

    /// <summary>Lanes wait for the database in line, so that requests find a connection.</summary>
    private readonly SemaphoreSlim _line = new(3, 3);

    /// <summary>Serves a webhook until nothing is due. What goes wrong is logged, and never thrown at the other lanes.</summary>
    /// <returns>Whether something is left for later: retries, or what it did not come to because others have their turn.</returns>
    public async Task<bool> RunAsync(string webhook, CancellationToken stopping)
    {
        using var graceOver = new CancellationTokenSource();
        await using var stop = stopping.Register(() => graceOver.CancelAfter(Grace));
        try
        {
            var (receiver, taken) = await TurnAsync(webhook, null, [], [], AtOnce);
            var (round, retries) = (0, false);
            while (receiver is not null && taken.Count > 0)
            {
                round++;
                var attempts = await Task.WhenAll(taken.Select(delivery => send.RunAsync(receiver, delivery, graceOver.Token)));
                retries |= attempts.Any(attempt => attempt?.Error is not null);
                var unsent = taken.Where((_, at) => attempts[at] is null).ToList();
                var most = stopping.IsCancellationRequested || round == Rounds ? 0 : AtOnce;
                (receiver, taken) = await TurnAsync(webhook, receiver, [.. attempts.OfType<Attempt>()], unsent, most);
            }

            if (receiver is null) await GiveUpAsync(webhook);
            return retries || round == Rounds;
        }
        catch (Exception error)
        {
            Log.WebhookLaneFailed(log, webhook, error);
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _line.Dispose();

    /// <summary>Writes down what became of the last ones, and takes up to <paramref name="most"/> more.</summary>
    /// <returns>The webhook as it is now and what was taken; no webhook when it is switched off or gone.</returns>
    private async Task<(Webhook? Webhook, List<Delivery> Taken)> TurnAsync(
        string id, Webhook? before, List<Attempt> attempts, List<Delivery> unsent, int most)
    {
        await _line.WaitAsync(CancellationToken.None); // what was sent is written down even when the server stops; the engine bounds how long that takes
        try
        {
            var now = clock.Now();
            await using var tx = await db.BeginAsync(CancellationToken.None);
            var disabled = before is not null && attempts.Count > 0 && await record.WriteAsync(tx, before, attempts, CancellationToken.None);
            foreach (var delivery in unsent) await DeliveryQueue.ReleaseAsync(tx, delivery, now, CancellationToken.None);

            var after = await WebhookStore.FindActiveAsync(tx, id, CancellationToken.None);
            var taken = after is null || most == 0 ? [] : await DeliveryQueue.TakeAsync(tx, id, most, now + options.Lease, now, CancellationToken.None);
            await tx.CommitAsync();
            if (before is not null) record.Announce(before, attempts, disabled);
            return (after, taken);
        }
        finally
        {
            _line.Release();
        }
    }

    private async Task GiveUpAsync(string webhook)
    {
        for (var count = GivenUpAtOnce; count == GivenUpAtOnce;)
        {
            await using var tx = await db.BeginAsync(CancellationToken.None);
            count = await DeliveryQueue.GiveUpAsync(tx, webhook, GivenUpAtOnce, CancellationToken.None);
            await tx.CommitAsync();
        }
    }
}
