using Credence.Events;
using Credence.Organizations;
using Credence.Tests.Support;
using Credence.Webhooks;

namespace Credence.Tests.Webhooks;

/// <summary>What tests of this room do with a world.</summary>
internal static class Hooks
{
    public static readonly string[] Everything = [.. WebhookEvents.All];

    public static WebhookOptions Relaxed(Action<WebhookOptions>? change = null)
    {
        var options = new WebhookOptions { AllowInsecureUrls = true, AllowPrivateHosts = true };
        change?.Invoke(options);
        return options;
    }

    public static async Task<WebhookWithSecret> WebhookAsync(
        this World world, string url, string[]? events = null, string? secret = null, ApiCaller? caller = null) =>
        (await world.Get<CreateWebhook>().RunAsync(
            caller ?? world.Caller, new CreateWebhook.Input(url, events ?? Everything, secret is null ? null : new WebhookSecret(secret)), World.Ct)).Value;

    /// <summary>Commits so many events of an organization and dispatches them.</summary>
    public static async Task HappenAsync(this World world, int count, string type = "grant.created", ApiCaller? caller = null)
    {
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            for (var number = 0; number < count; number++)
            {
                await Outbox.AddAsync(
                    tx, (caller ?? world.Caller).Organization.ToString(), type, json => json.WriteString("grantId", $"grnt_{number}"), world.Now, World.Ct);
            }

            await tx.CommitAsync();
        }

        await world.Get<DispatchEvents>().RunAsync(World.Ct);
    }

    public static Task DeliverAsync(this World world) => world.Get<DeliverWebhooks>().RunAsync(World.Ct);

    public static async Task<List<Delivery>> DeliveriesAsync(this World world, Webhook webhook, DeliveryStatus? status = null) =>
        (await DeliveryStore.PageAsync(world.Db, webhook.Id, status, 1, 10_000, World.Ct)).Page;

    public static async Task<Delivery> OnlyDeliveryAsync(this World world, Webhook webhook) => Assert.Single(await world.DeliveriesAsync(webhook));

    public static async Task<Webhook> AgainAsync(this World world, Webhook webhook) =>
        (await WebhookStore.FindAsync(world.Db, world.Caller, webhook.Id, World.Ct))!;
}
