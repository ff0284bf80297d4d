using System.Security.Cryptography;
using System.Text;
using Credence.Keys;
using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;
using Credence.Webhooks;

namespace Credence.Tests.Webhooks;

/// <summary>Webhooks and their secrets (contract grantex-core 8; decision 0016).</summary>
public sealed class WebhookTests
{
    private const string Own = "a secret of the caller's own ✓";

    [Theory, EachEngine]
    public async Task Of_many_that_are_made_at_once_the_plan_admits_its_number(EngineKind engine)
    {
        var plans = new PlanOptions();
        plans.Free.Webhooks = 5;
        await using var world = await World.OnAsync(engine, plans);
        var input = new CreateWebhook.Input("https://receiver.example/", ["grant.created"], null);
        var made = await World.AllAtOnceAsync(25, _ => world.Get<CreateWebhook>().RunAsync(world.Caller, input, World.Ct));
        Assert.Equal(5, made.Count(one => one.Succeeded));
        Assert.All(made.Where(one => !one.Succeeded), one => Assert.Equal("PLAN_LIMIT_EXCEEDED", one.Failure!.Code));

        await world.Get<DeleteWebhook>().RunAsync(world.Caller, made.First(one => one.Succeeded).Value.Webhook.Id, World.Ct);
        Assert.True((await world.Get<CreateWebhook>().RunAsync(world.Caller, input, World.Ct)).Succeeded);
    }

    [Theory, EachEngine]
    public async Task Its_secret_is_in_the_database_encrypted_and_bound_to_its_row(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (one, secret) = await world.WebhookAsync("https://receiver.example/", secret: Own);
        var (other, made) = await world.WebhookAsync("https://receiver.example/");
        Assert.Equal(Own, secret.Text);
        Assert.Matches("^[0-9a-f]{48}$", made.Text);
        Assert.DoesNotContain(Own, await StoredAsync(world, one), StringComparison.Ordinal);

        Assert.Equal(Own, Assert.Single(world.Get<SecretBox>().Open(one, world.Now)).Text);
        Assert.Empty(world.Get<SecretBox>().Open(other with { Secrets = one.Secrets }, world.Now));
        Assert.Equal("[secret]", $"{secret}");
    }

    [Theory, EachEngine]
    public async Task While_a_secret_is_rotated_both_sign_and_then_only_the_new_one(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (webhook, before) = await world.WebhookAsync(receiver.Url);
        var (_, after) = (await world.Get<RotateWebhookSecret>().RunAsync(world.Caller, webhook.Id, null, TimeSpan.FromHours(1), World.Ct)).Value;
        Assert.NotEqual(before.Text, after.Text);
        await world.HappenAsync(1);
        await world.DeliverAsync();
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.HappenAsync(1);
        await world.DeliverAsync();

        var (overlap, later) = (receiver.All[0], receiver.All[1]);
        Assert.Equal($"{Standard(after, overlap)} {Standard(before, overlap)}", overlap.Headers["webhook-signature"]);
        Assert.Equal(WebhookSignatures.OfV1(before, overlap.Body), overlap.Headers["X-Grantex-Signature"]);
        Assert.Equal(WebhookSignatures.OfV2(before, overlap.Headers["X-Grantex-Timestamp"], overlap.Body), overlap.Headers["X-Grantex-Signature-V2"]);
        Assert.Equal(Standard(after, later), later.Headers["webhook-signature"]);
        Assert.Equal(WebhookSignatures.OfV1(after, later.Body), later.Headers["X-Grantex-Signature"]);

        static string Standard(WebhookSecret secret, Received sent) =>
            WebhookSignatures.OfStandard(secret, sent.Event, sent.Headers["webhook-timestamp"], sent.Body);
    }

    /// <summary>Recomputed here from the contract's words, not with the code that signs.</summary>
    [Theory]
    [InlineData("57afab354288f8832a59ca1f8fd2f6313c38e52982f5539d", "57afab354288f8832a59ca1f8fd2f6313c38e52982f5539d")]
    [InlineData("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", null)]
    public async Task A_delivery_is_signed_in_the_documented_forms_and_by_Standard_Webhooks(string text, string? standardKey)
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var receiver = await Receiver.StartAsync();
        await world.WebhookAsync(receiver.Url, secret: text);
        await world.HappenAsync(1);
        await world.DeliverAsync();

        var sent = Assert.Single(receiver.All);
        var seconds = $"{world.Now.ToUnixTimeSeconds()}";
        var key = Encoding.UTF8.GetBytes(text);
        var standard = standardKey is null ? Convert.FromBase64String(text["whsec_".Length..]) : Encoding.UTF8.GetBytes(standardKey);
        Assert.Equal("application/json", sent.Headers["Content-Type"]);
        Assert.Equal("Grantex-Webhooks/0.1", sent.Headers["User-Agent"]);
        Assert.Equal((seconds, seconds), (sent.Headers["X-Grantex-Timestamp"], sent.Headers["webhook-timestamp"]));
        Assert.Equal("sha256=" + Convert.ToHexStringLower(Hmac(key, sent.Body)), sent.Headers["X-Grantex-Signature"]);
        Assert.Equal("sha256=" + Convert.ToHexStringLower(Hmac(key, $"{seconds}.{sent.Body}")), sent.Headers["X-Grantex-Signature-V2"]);
        Assert.Equal("v1," + Convert.ToBase64String(Hmac(standard, $"{sent.Event}.{seconds}.{sent.Body}")), sent.Headers["webhook-signature"]);
        Assert.DoesNotContain("traceparent", sent.Headers.Keys, StringComparer.OrdinalIgnoreCase);

        static byte[] Hmac(byte[] with, string over) => HMACSHA256.HashData(with, Encoding.UTF8.GetBytes(over));
    }

    /// <summary>The contract's own recorded delivery (grantex-examples 12).</summary>
    [Fact]
    public void The_recorded_delivery_is_signed_alike()
    {
        const string Body =
            """{"id":"evt_01M7XKXHAC87ZF5JN88HJV8F85","type":"grant.revoked","createdAt":"2026-11-20T23:15:57.389Z","data":{"grantId":"grnt_01M7XKXGY1046WN8VQ68DPTC3Z","cascade":true}}""";
        var secret = new WebhookSecret("57afab354288f8832a59ca1f8fd2f6313c38e52982f5539d");
        Assert.Equal("sha256=904ed4e791ba2ca1433ddf2811262da0adf7a1f8a5bbae066595baeefe81aeaa", WebhookSignatures.OfV1(secret, Body));
        Assert.Equal("sha256=3b705164f762805822743e552bb9674badbd1d813d40b5f156fa0c45db90a915", WebhookSignatures.OfV2(secret, "1795216584", Body));
    }

    [Theory]
    [InlineData("fifteen letters")]
    [InlineData("whsec_tooshort")]
    [InlineData("whsec_this is not base64 at all")]
    public void A_secret_that_nobody_could_verify_with_is_refused(string text) => Assert.NotNull(new WebhookSecret(text).Problem());

    [Theory, EachEngine]
    public async Task Secrets_are_encrypted_anew_under_a_new_key_and_one_that_cannot_be_opened_says_so(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.Get<RotateWebhookSecret>().RunAsync(world.Caller, webhook.Id, null, TimeSpan.FromHours(1), World.Ct);
        var (first, second) = (EnvelopeKey.Data(Convert.FromHexString(TestKeys.DataKey)), EnvelopeKey.Data([.. Enumerable.Repeat((byte)7, 32)]));

        var renew = new RenewSecrets(world.Db, new SecretBox(new Envelope(second, first)));
        Assert.Equal(1, await renew.RunAsync(World.Ct));
        Assert.Equal(0, await renew.RunAsync(World.Ct));
        Assert.Equal(2, new SecretBox(new Envelope(second)).Open(await world.AgainAsync(webhook), world.Now).Count);

        await world.HappenAsync(1);
        await world.DeliverAsync(); // this node has the first key alone
        Assert.Empty(receiver.All);
        Assert.Contains("cannot be decrypted", (await world.OnlyDeliveryAsync(webhook)).LastError, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_deleted_webhook_is_told_nothing_more_and_its_deliveries_go(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1_100);
        Assert.True((await world.Get<DeleteWebhook>().RunAsync(world.Caller, webhook.Id, World.Ct)).Succeeded);
        Assert.False((await world.Get<DeleteWebhook>().RunAsync(world.Caller, webhook.Id, World.Ct)).Succeeded);
        await world.HappenAsync(1);
        await world.DeliverAsync();
        Assert.Empty(receiver.All);
        Assert.Equal("", await StoredAsync(world, webhook));

        world.Clock.Advance(TimeSpan.FromMinutes(2));
        var gone = new List<int>();
        while (await SweepAsync(world, WebhookStore.SweepAsync) is > 0 and var count) gone.Add(count);
        Assert.Equal([1_000, 101], gone);
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from webhooks"));
    }

    [Theory, EachEngine]
    public async Task Deliveries_are_kept_for_seven_days(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (webhook, _) = await world.WebhookAsync("http://127.0.0.1:1/");
        await world.HappenAsync(1_100);
        world.Clock.Advance(DeliveryStore.Kept);
        Assert.Equal(0, await SweepAsync(world, DeliveryStore.SweepAsync));
        await world.HappenAsync(1);
        world.Clock.Advance(TimeSpan.FromMilliseconds(1));
        var gone = new List<int>();
        while (await SweepAsync(world, DeliveryStore.SweepAsync) is > 0 and var count) gone.Add(count);
        Assert.Equal([1_000, 100], gone);
        Assert.Single(await world.DeliveriesAsync(webhook));
    }

    [Theory, EachEngine]
    public async Task A_delivery_can_be_sent_again_and_a_ping_sent_to_see_whether_it_works(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var (webhook, _) = await world.WebhookAsync(receiver.Url);
        await world.HappenAsync(1);
        await world.DeliverAsync();
        var first = await world.OnlyDeliveryAsync(webhook);

        var again = (await world.Get<RedeliverEvent>().RunAsync(world.Caller, webhook.Id, first.Id, World.Ct)).Value;
        var ping = (await world.Get<PingWebhook>().RunAsync(world.Caller, webhook.Id, WebhookEvents.Ping, World.Ct)).Value;
        await world.DeliverAsync();
        Assert.NotEqual(first.Id, again.Id);
        Assert.Equal(2, receiver.All.Count(sent => sent.Body == first.Body && sent.Event == first.Event.ToString()));
        Assert.Contains(receiver.All, sent => sent.Event == ping.Event.ToString() && sent.Body.Contains("\"type\":\"webhook.ping\"", StringComparison.Ordinal));

        await world.Get<ChangeWebhook>().RunAsync(world.Caller, webhook.Id, new ChangeWebhook.Input(null, null, false), World.Ct);
        Assert.Equal(WebhookFailures.SwitchedOff, (await world.Get<RedeliverEvent>().RunAsync(world.Caller, webhook.Id, first.Id, World.Ct)).Failure);
        Assert.Equal(WebhookFailures.SwitchedOff, (await world.Get<PingWebhook>().RunAsync(world.Caller, webhook.Id, WebhookEvents.Ping, World.Ct)).Failure);
        var (stranger, _) = await world.OrganizationAsync("Other Co");
        Assert.Equal(WebhookFailures.NotFound, (await world.Get<RedeliverEvent>().RunAsync(stranger, webhook.Id, first.Id, World.Ct)).Failure);
    }

    private static async Task<string> StoredAsync(World world, Webhook webhook) =>
        (await world.Db.ListAsync($"select secret from webhooks where id = {webhook.Id}", row => row.Text("secret"), World.Ct))[0];

    private static async Task<int> SweepAsync(World world, Func<DbTx, DateTimeOffset, CancellationToken, Task<int>> sweep)
    {
        await using var tx = await world.Db.BeginAsync(World.Ct);
        var gone = await sweep(tx, world.Now, World.Ct);
        await tx.CommitAsync();
        return gone;
    }
}
