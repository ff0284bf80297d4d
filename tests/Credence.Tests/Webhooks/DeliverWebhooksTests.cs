using System.Collections.Concurrent;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Webhooks;

namespace Credence.Tests.Webhooks;

/// <summary>When and how often a delivery is sent (contract operations O25 to O30).</summary>
public sealed class DeliverWebhooksTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

    [Theory, EachEngine]
    public async Task An_event_is_sent_at_once_to_each_webhook_that_is_subscribed_and_to_no_other(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (stranger, _) = await world.OrganizationAsync("Other Co");
        var (grants, _) = await world.WebhookAsync(receiver.Url + "/grants", ["grant.created", "grant.revoked"]);
        var (tokens, _) = await world.WebhookAsync(receiver.Url + "/tokens", ["token.issued"]);
        await world.WebhookAsync(receiver.Url + "/stranger", caller: stranger);

        await world.HappenAsync(1, "grant.created");
        await world.HappenAsync(1, "budget.threshold"); // for streams alone
        await world.DeliverAsync();

        var sent = Assert.Single(receiver.All);
        Assert.Equal("/grants", sent.Path);
        var delivery = await world.OnlyDeliveryAsync(grants);
        Assert.Equal((DeliveryStatus.Delivered, 1, null, world.Now), (delivery.Status, delivery.Attempts, delivery.LastError, delivery.DeliveredAt));
        Assert.Equal(delivery.Event.ToString(), sent.Event);
        Assert.Empty(await world.DeliveriesAsync(tokens));
    }

    [Theory, EachEngine]
    public async Task A_failing_delivery_is_sent_six_times_with_rests_of_30_to_480_seconds_and_then_given_up(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync(Receiver.Status(500));
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1);

        await world.DeliverAsync();
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            Assert.Equal(attempt, receiver.All.Count);
            var waiting = await world.OnlyDeliveryAsync(webhook);
            Assert.Equal((DeliveryStatus.Pending, attempt, 5, "HTTP 500"), (waiting.Status, waiting.Attempts, waiting.MaxAttempts, waiting.LastError));
            world.Clock.Advance(TimeSpan.FromSeconds(15 * Math.Pow(2, attempt)) - Moment); // 30, 60, 120, 240, 480
            await world.DeliverAsync();
            Assert.Equal(attempt, receiver.All.Count);
            world.Clock.Advance(Moment);
            await world.DeliverAsync();
        }

        var over = await world.OnlyDeliveryAsync(webhook);
        Assert.Equal((DeliveryStatus.Failed, 6, "HTTP 500", null), (over.Status, over.Attempts, over.LastError, over.DueAt));
        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.DeliverAsync();
        Assert.Equal(6, receiver.All.Count);
        Assert.Single(receiver.All.Select(sent => sent.Body).Distinct()); // byte-identical on every attempt
        Assert.Single(receiver.All.Select(sent => sent.Headers["X-Grantex-Signature"]).Distinct());
        Assert.Equal(6, receiver.All.Select(sent => sent.Headers["X-Grantex-Signature-V2"]).Distinct().Count());
    }

    [Theory, EachEngine]
    public async Task An_operator_may_change_how_often_one_delivery_is_retried(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync(Receiver.Status(404));
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1);
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"update webhook_deliveries set max_attempts = 0", World.Ct);
            await tx.CommitAsync();
        }

        await world.DeliverAsync();
        Assert.Equal((DeliveryStatus.Failed, 1), ((await world.OnlyDeliveryAsync(webhook)).Status, receiver.All.Count));
    }

    [Theory, EachEngine]
    public async Task A_retry_that_arrives_ends_it_and_leaves_no_error(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync(Receiver.Status(503));
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1);
        await world.DeliverAsync();
        Assert.NotNull((await world.AgainAsync(webhook)).FailingSince);

        receiver.Answer = Receiver.Status(204);
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await world.DeliverAsync();
        var delivery = await world.OnlyDeliveryAsync(webhook);
        Assert.Equal((DeliveryStatus.Delivered, 2, null), (delivery.Status, delivery.Attempts, delivery.LastError));
        Assert.Null((await world.AgainAsync(webhook)).FailingSince);
    }

    [Theory, EachEngine]
    public async Task A_retry_is_sent_when_it_is_due_and_does_not_wait_for_the_poll(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, webhooks: Hooks.Relaxed(options => options.FirstRetry = TimeSpan.FromSeconds(1)));
        await using var receiver = await Receiver.StartAsync(Receiver.Status(500));
        await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1);
        await world.DeliverAsync();
        await world.Get<DeliverWebhooks>().WaitAsync(TimeSpan.FromMinutes(10), World.Ct).WaitAsync(TimeSpan.FromSeconds(20), World.Ct);
    }

    [Theory, EachEngine]
    public async Task What_a_node_had_taken_when_it_crashed_another_sends_after_the_lease_and_not_before(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        await using var receiver = await Receiver.StartAsync();
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(3);
        var lease = world.Get<WebhookOptions>().Lease;
        Assert.Equal(3, (await TakeAsync(world, webhook, 8)).Count); // and then the node is no more

        world.Clock.Advance(lease - Moment);
        await other.DeliverAsync();
        Assert.Empty(receiver.All);
        world.Clock.Advance(Moment);
        await other.DeliverAsync();
        Assert.Equal(3, receiver.All.Count);
        Assert.All(await world.DeliveriesAsync(webhook), delivery => Assert.Equal((DeliveryStatus.Delivered, 1), (delivery.Status, delivery.Attempts)));
    }

    [Theory, EachEngine]
    public async Task However_many_nodes_take_at_once_each_delivery_is_taken_by_one(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (webhook, _) = await world.WebhookAsync("http://127.0.0.1:1/");
        await world.HappenAsync(100);
        var taken = await World.AllAtOnceAsync(25, _ => TakeAsync(world, webhook, 8));
        var ids = taken.SelectMany(some => some).Select(delivery => delivery.Id).ToList();
        Assert.Equal(ids.Distinct().Count(), ids.Count);
        while (await TakeAsync(world, webhook, 8) is { Count: > 0 } rest) ids.AddRange(rest.Select(delivery => delivery.Id));
        Assert.Equal(100, ids.Distinct().Count());
    }

    [Theory, EachEngine]
    public async Task A_thousand_deliveries_to_one_receiver_arrive_from_two_nodes_once_each(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        await using var receiver = await Receiver.StartAsync();
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1_000);

        await Task.WhenAll(world.DeliverAsync(), other.DeliverAsync());
        Assert.Equal(1_000, receiver.All.Count);
        Assert.Equal(1_000, receiver.All.Select(sent => sent.Event).Distinct().Count());
        Assert.Equal(1_000, (await world.DeliveriesAsync(webhook, DeliveryStatus.Delivered)).Count);
    }

    /// <summary>With four places and twelve receivers that hang, those that are known to hang never have more than two.</summary>
    [Theory, EachEngine]
    public async Task Receivers_that_hang_do_not_hold_up_the_others(EngineKind engine)
    {
        await using var world = await World.OnAsync(
            engine, webhooks: Hooks.Relaxed(options => (options.Concurrency, options.Timeout) = (4, TimeSpan.FromSeconds(1.5))));
        var hanging = 0;
        var most = 0;
        await using var slow = await Receiver.StartAsync(async context =>
        {
            most = Math.Max(most, Interlocked.Increment(ref hanging));
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Interlocked.Decrement(ref hanging);
        });
        for (var number = 0; number < 12; number++) await world.WebhookAsync(slow.Url, ["token.issued"]);
        await world.HappenAsync(1, "token.issued");
        await world.DeliverAsync(); // all are known to hang now
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await EventuallyAsync(() => Volatile.Read(ref hanging) == 0); // the receiver has noticed that nobody waits any more
        most = 0;

        var delivering = world.DeliverAsync();
        await using var fast = await Receiver.StartAsync();
        var (webhook, _) = await world.WebhookAsync(fast.Url, ["grant.created"]);
        world.Get<DeliverWebhooks>().Listen();
        await world.HappenAsync(20);
        await EventuallyAsync(() => fast.All.Count == 20);
        Assert.False(delivering.IsCompleted, "others hang meanwhile");
        Assert.InRange(most, 1, 2);
        await delivering;
        Assert.Equal(20, (await world.DeliveriesAsync(webhook, DeliveryStatus.Delivered)).Count);
    }

    [Theory, EachEngine]
    public async Task A_delivery_queued_while_others_are_sent_does_not_wait_for_them(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var receiver = await Receiver.StartAsync(context => context.Request.Path == "/slow" ? go.Task : Task.CompletedTask);
        world.Get<DeliverWebhooks>().Listen();
        await world.WebhookAsync(receiver.Url + "/slow", ["token.issued"]);
        await world.WebhookAsync(receiver.Url + "/fast", ["grant.created"]);
        await world.HappenAsync(1, "token.issued");

        var delivering = world.DeliverAsync();
        await EventuallyAsync(() => receiver.All.Count == 1);
        await world.HappenAsync(1, "grant.created");
        await EventuallyAsync(() => receiver.All.Any(sent => sent.Path == "/fast"));
        go.SetResult();
        await delivering;
    }

    [Theory, EachEngine]
    public async Task When_the_server_stops_what_was_not_answered_is_another_nodes_at_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var other = await world.NodeAsync();
        var answers = new ConcurrentQueue<int>([1]);
        await using var receiver = await Receiver.StartAsync(context =>
            answers.TryDequeue(out _) ? Task.Delay(Timeout.Infinite, context.RequestAborted) : Task.CompletedTask);
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1);

        using var stopping = new CancellationTokenSource();
        var delivering = world.Get<DeliverWebhooks>().RunAsync(stopping.Token);
        await EventuallyAsync(() => receiver.All.Count == 1);
        await stopping.CancelAsync();
        await delivering.WaitAsync(TimeSpan.FromSeconds(8), World.Ct); // in time for the shut-down
        Assert.Equal((DeliveryStatus.Pending, 0), await StandingAsync());
        await other.DeliverAsync();
        Assert.Equal((DeliveryStatus.Delivered, 1), await StandingAsync());

        async Task<(DeliveryStatus, int)> StandingAsync()
        {
            var delivery = await world.OnlyDeliveryAsync(webhook);
            return (delivery.Status, delivery.Attempts);
        }
    }

    private static async Task<List<Delivery>> TakeAsync(World world, Webhook webhook, int most)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        var taken = await DeliveryQueue.TakeAsync(tx, webhook.Id.ToString(), most, world.Now + world.Get<WebhookOptions>().Lease, world.Now, World.Ct);
        await tx.CommitAsync();
        return taken;
    }

    private static async Task EventuallyAsync(Func<bool> isSo)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!isSo()) await Task.Delay(10, patience.Token);
    }
}
