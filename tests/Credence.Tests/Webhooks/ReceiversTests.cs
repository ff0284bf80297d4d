using Credence.Storage;
using Credence.Tests.Support;
using Credence.Webhooks;
using Microsoft.AspNetCore.Http;

namespace Credence.Tests.Webhooks;

/// <summary>What receivers do, and what is written down of it (contract grantex-core 8, operations O26, O29).</summary>
public sealed class ReceiversTests
{
    public static readonly TheoryData<string, string> Bad = new()
    {
        { "redirect", "HTTP 302" },
        { "not modified", "HTTP 304" },
        { "refuse", "HTTP 410" },
        { "hang", "No complete answer within 1 s" },
        { "drip", "No complete answer within 1 s" },
        { "too large", "The answer is too large" },
        { "too large, unannounced", "The answer is too large" },
        { "break off", "The connection failed: ConnectionReset" },
    };

    [Theory, MemberData(nameof(Bad))]
    public async Task An_answer_that_is_no_success_is_a_failed_attempt_with_its_reason(string answer, string reason)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite, webhooks: Hooks.Relaxed(options => options.Timeout = TimeSpan.FromSeconds(1)));
        await using var bait = await Receiver.StartAsync();
        await using var receiver = await Receiver.StartAsync(context => AnswerAsync(context, answer, bait.Url));
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1);
        await world.DeliverAsync();

        var delivery = await world.OnlyDeliveryAsync(webhook);
        Assert.Equal((DeliveryStatus.Pending, 1, reason), (delivery.Status, delivery.Attempts, delivery.LastError));
        Assert.Single(receiver.All);
        Assert.Empty(bait.All);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(202)]
    [InlineData(299)]
    public async Task Any_2xx_is_a_success_whatever_it_says(int status)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var receiver = await Receiver.StartAsync(context =>
        {
            context.Response.StatusCode = status;
            return context.Response.Body.WriteAsync(new byte[2 * 1024 * 1024]).AsTask();
        });
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1);
        await world.DeliverAsync();
        Assert.Equal(DeliveryStatus.Delivered, (await world.OnlyDeliveryAsync(webhook)).Status);
    }

    [Fact]
    public async Task A_receiver_that_has_disappeared_is_a_failed_attempt_and_gets_everything_when_it_is_back()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        var receiver = await Receiver.StartAsync();
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await receiver.DisposeAsync();
        await world.HappenAsync(2);
        await world.DeliverAsync();
        Assert.All(await world.DeliveriesAsync(webhook), delivery => Assert.Equal("The connection failed: ConnectionRefused", delivery.LastError));

        await using var back = await Receiver.StartAsync();
        var input = new ChangeWebhook.Input(back.Url, null, null);
        Assert.True((await world.Get<ChangeWebhook>().RunAsync(world.Caller, webhook.Id, input, World.Ct)).Succeeded); // what is pending follows
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await world.DeliverAsync();
        Assert.Equal(2, back.All.Count);
        Assert.All(await world.DeliveriesAsync(webhook), delivery => Assert.Equal(back.Url, delivery.Url));
    }

    [Theory, EachEngine]
    public async Task A_webhook_that_only_fails_for_three_days_is_switched_off_with_a_notice(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync(Receiver.Status(500));
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await FailAsync(world);
        var since = (await world.AgainAsync(webhook)).FailingSince;
        world.Clock.Advance(TimeSpan.FromDays(3) - (world.Now - since!.Value) - TimeSpan.FromHours(1));
        await FailAsync(world);
        Assert.True((await world.AgainAsync(webhook)).Active, "not three days yet");

        world.Clock.Advance(TimeSpan.FromHours(1));
        await FailAsync(world);
        var off = await world.AgainAsync(webhook);
        Assert.Equal((false, "Every attempt failed for 72 hours", since), (off.Active, off.DisabledReason, off.FailingSince));
        Assert.Equal(1, await world.AuditedAsync("webhook.disabled", webhook.Id.ToString()));

        var before = receiver.All.Count;
        await world.HappenAsync(1);
        await world.DeliverAsync();
        Assert.Equal(before, receiver.All.Count);

        receiver.Answer = Receiver.Status(200);
        var on = (await world.Get<ChangeWebhook>().RunAsync(world.Caller, webhook.Id, new ChangeWebhook.Input(null, null, true), World.Ct)).Value;
        Assert.Equal((true, null, null), (on.Active, on.DisabledReason, on.FailingSince));
        await world.HappenAsync(1);
        await world.DeliverAsync();
        Assert.Equal(before + 1, receiver.All.Count);
    }

    [Theory, EachEngine]
    public async Task One_success_among_failures_keeps_a_webhook_on(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync(Receiver.Status(500));
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await FailAsync(world);
        world.Clock.Advance(TimeSpan.FromDays(2));
        receiver.Answer = Receiver.Status(200);
        await world.HappenAsync(1);
        await world.DeliverAsync();
        receiver.Answer = Receiver.Status(500);
        world.Clock.Advance(TimeSpan.FromDays(2));
        await FailAsync(world);
        Assert.True((await world.AgainAsync(webhook)).Active);
    }

    [Theory, EachEngine]
    public async Task What_is_pending_when_a_webhook_is_switched_off_is_given_up_unsent(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1_200);
        await world.Get<ChangeWebhook>().RunAsync(world.Caller, webhook.Id, new ChangeWebhook.Input(null, null, false), World.Ct);
        await world.DeliverAsync();
        Assert.Empty(receiver.All);
        var given = await world.DeliveriesAsync(webhook, DeliveryStatus.Failed);
        Assert.Equal(1_200, given.Count);
        Assert.All(given, delivery => Assert.Equal(("The webhook was switched off", 0), (delivery.LastError, delivery.Attempts)));
    }

    /// <summary>One event that fails as often as it may.</summary>
    private static async Task FailAsync(World world)
    {
        await world.HappenAsync(1);
        for (var attempt = 0; attempt < 6; attempt++)
        {
            await world.DeliverAsync();
            world.Clock.Advance(TimeSpan.FromSeconds(30 * Math.Pow(2, attempt)));
        }
    }

    private static async Task AnswerAsync(HttpContext context, string answer, string bait)
    {
        var response = context.Response;
        switch (answer)
        {
            case "redirect":
                response.Redirect(bait);
                break;
            case "not modified":
                response.StatusCode = 304;
                break;
            case "refuse":
                response.StatusCode = 410;
                break;
            case "hang":
                await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                break;
            case "drip":
                while (!context.RequestAborted.IsCancellationRequested)
                {
                    await response.WriteAsync(".", CancellationToken.None);
                    await Task.Delay(50, CancellationToken.None);
                }

                break;
            case "too large":
                response.ContentLength = (2 * 1024 * 1024) + 1;
                await response.Body.FlushAsync(CancellationToken.None);
                break;
            case "too large, unannounced":
                for (var part = 0; part <= 32 && !context.RequestAborted.IsCancellationRequested; part++) await response.Body.WriteAsync(new byte[64 * 1024], CancellationToken.None);
                break;
            case "break off":
                context.Abort();
                break;
        }
    }
}
