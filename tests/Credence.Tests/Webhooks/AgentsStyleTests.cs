using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Agents;
using Credence.Events;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Webhooks;

namespace Credence.Tests.Webhooks;

/// <summary>Deliveries of the agents door (contract agent-idp B.13), in the one queue (decision 0034).</summary>
public sealed class AgentsStyleTests
{
    private static readonly string[] Created = ["agent.created"];

    [Theory, EachEngine]
    public async Task After_ten_attempts_with_growing_rests_a_delivery_is_a_dead_letter(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, webhooks: Hooks.Relaxed());
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer = Receiver.Status(500);
        var webhook = (await SubscribeAsync(world, receiver.Url)).Webhook;
        await HappenAsync(world);

        for (var attempt = 1; attempt <= 10; attempt++)
        {
            await world.DeliverAsync();
            Assert.Equal(attempt, receiver.All.Count);
            var delivery = Assert.Single(await world.DeliveriesAsync(webhook));
            Assert.Equal((attempt, "HTTP 500", 500), (delivery.Attempts, delivery.LastError, delivery.HttpStatus));
            Assert.Equal(attempt < 10 ? DeliveryStatus.Pending : DeliveryStatus.DeadLetter, delivery.Status);
            if (attempt == 10) continue;
            var rest = delivery.DueAt!.Value - world.Now;
            Assert.InRange(rest.TotalSeconds, Math.Pow(2, attempt), Math.Pow(2, attempt) * 1.1);
            world.Clock.Advance(rest - TimeSpan.FromMilliseconds(1));
            await world.DeliverAsync();
            Assert.Equal(attempt, receiver.All.Count);
            world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        }

        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.DeliverAsync();
        Assert.Equal(10, receiver.All.Count);
        Assert.Single(await world.DeliveriesAsync(webhook, DeliveryStatus.DeadLetter));
        Assert.Equal(10, (await WebhookStore.FindAsync(world.Db, Caller(world), webhook.Id, World.Ct))!.FailureCount);
    }

    [Theory, EachEngine]
    public async Task The_doors_have_their_own_envelope_and_signature(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine, webhooks: Hooks.Relaxed());
        await using var receiver = await Receiver.StartAsync();
        await using var other = await Receiver.StartAsync();
        var mine = await SubscribeAsync(world, receiver.Url);
        var grants = await world.WebhookAsync(other.Url, ["token.issued"]);
        await HappenAsync(world);
        await HappenAsync(world, "token.issued"); // of the agents door: not what the webhook of the grants door means
        await world.DeliverAsync();

        var sent = Assert.Single(receiver.All);
        Assert.Empty(other.All);
        Assert.Empty(await world.DeliveriesAsync(grants.Webhook));
        var parts = sent.Headers["X-SentryAgent-Signature"].Split(',');
        var seconds = parts[0]["t=".Length..];
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(mine.Secret.Text), Encoding.UTF8.GetBytes($"{seconds}.{sent.Body}")));
        Assert.Equal(["v1=" + expected], parts[1..]);
        Assert.Equal(world.Now.ToUnixTimeSeconds().ToString(), seconds);
        Assert.Equal("agent.created", sent.Headers["X-SentryAgent-Event"]);
        Assert.False(sent.Headers.ContainsKey("X-Grantex-Signature"));
        using var told = JsonDocument.Parse(sent.Body);
        Assert.Equal(["id", "event", "timestamp", "organizationId", "data"], told.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal(world.Caller.Organization.Value, told.RootElement.GetProperty("organizationId").GetGuid());
    }

    [Theory, EachEngine]
    public async Task Twenty_five_at_once_make_the_twenty_webhooks_that_there_may_be(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var made = await World.AllAtOnceAsync(25, _ => world.Get<CreateWebhook>().RunAsync(
            Caller(world), new CreateWebhook.Input("https://hooks.example.test/", Created, null) { Name = "One" }, World.Ct));

        Assert.Equal(20, made.Count(each => each.Succeeded));
        Assert.All(made.Where(each => !each.Succeeded), each => Assert.Equal(WebhookFailures.TooMany, each.Failure));
    }

    private static AgentCaller Caller(World world) =>
        new(Id<Agent>.New(world.Now), world.Caller.Organization, [], null, Id<AccessToken>.New(world.Now), world.Now.AddHours(1));

    private static async Task<WebhookWithSecret> SubscribeAsync(World world, string url) =>
        (await world.Get<CreateWebhook>().RunAsync(Caller(world), new CreateWebhook.Input(url, Created, null) { Name = "One" }, World.Ct)).Value;

    private static async Task HappenAsync(World world, string type = "agent.created")
    {
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await Outbox.AddAsync(tx, EventDoor.Agents, world.Caller.Organization.ToString(), type, json => json.WriteString("agentId", "x"), world.Now, World.Ct);
            await tx.CommitAsync();
        }

        await world.Get<DispatchEvents>().RunAsync(World.Ct);
    }
}
