using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Anomalies;
using Credence.Messages;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Anomalies;

/// <summary>Each kind of channel is told what it asks for, once, and again where telling it failed (contract operations O34).</summary>
public sealed class AlertDeliveryTests
{
    private const string Secret = "correct horse battery";

    [Theory, EachEngine]
    public async Task A_webhook_gets_the_alert_as_signed_json(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await world.ChannelAsync(receiver.Url, secret: Secret);
        await world.LogAsync(51);
        await world.RoundAsync();
        await world.DeliverAlertsAsync();
        await world.RoundAsync();
        await world.DeliverAlertsAsync();

        var sent = Assert.Single(receiver.All);
        var spike = Assert.Single(await world.AlertsAsync("rate_spike"));
        var body = JsonElement.Parse(sent.Body);
        Assert.Equal(("anomaly.detected", spike.Id.ToString()), (body.GetProperty("type").GetString(), body.GetProperty("id").GetString()));
        var data = body.GetProperty("data");
        Assert.Equal(("rate_spike", "high", world.Agent.Id.ToString()), (data.GetProperty("type").GetString(), data.GetProperty("severity").GetString(), data.GetProperty("agentId").GetString()));
        Assert.Equal(51, data.GetProperty("context").GetProperty("count").GetInt32());
        Assert.Equal(spike.Id.ToString(), sent.Event);
        var mac = HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), Encoding.UTF8.GetBytes($"{sent.Headers["X-Grantex-Timestamp"]}.{sent.Body}"));
        Assert.Equal("sha256=" + Convert.ToHexStringLower(mac), sent.Headers["X-Grantex-Signature-V2"]);
    }

    [Theory, EachEngine]
    public async Task A_chat_gets_a_text_in_which_nothing_is_markup(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        await world.ChannelAsync(receiver.Url, ChannelType.Slack);
        await world.LogAsync(1, agent: "<!channel> & co");
        await world.RoundAsync();
        await world.DeliverAlertsAsync();

        var body = JsonElement.Parse(Assert.Single(receiver.All).Body);
        var text = body.GetProperty("text").GetString()!;
        Assert.StartsWith("[critical] Unknown agent\n", text, StringComparison.Ordinal);
        Assert.Contains("&lt;!channel&gt; &amp; co", text, StringComparison.Ordinal);
        Assert.Single(body.EnumerateObject());
    }

    [Theory, EachEngine]
    public async Task A_mail_goes_to_every_address(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var server = new MailServer();
        world.Get<MailOptions>().Server = server.At();
        var target = new ChannelTarget(null, null, ["ops@example.com", "security@example.com"]);
        await world.Get<CreateChannel>().RunAsync(world.Caller, new CreateChannel.Input(ChannelType.Email, "mail", target, [Severity.High]), World.Ct);
        await world.LogAsync(51);
        await world.RoundAsync();
        await world.DeliverAlertsAsync();

        var mail = Assert.Single(server.All);
        Assert.Contains("RCPT TO:<ops@example.com>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("RCPT TO:<security@example.com>", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("Subject: [high] rate_spike", mail, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("delivered", await OnlyStatusAsync(world));
    }

    [Fact]
    public async Task Mail_that_is_not_set_up_is_a_failed_attempt()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        var target = new ChannelTarget(null, null, ["ops@example.com"]);
        await world.Get<CreateChannel>().RunAsync(world.Caller, new CreateChannel.Input(ChannelType.Email, "mail", target, [Severity.High]), World.Ct);
        await world.LogAsync(51);
        await world.RoundAsync();
        await world.DeliverAlertsAsync();

        Assert.Equal("pending", await OnlyStatusAsync(world));
        Assert.Equal(1, await world.CountAsync($"select count(*) as n from anomaly_deliveries where last_error = 'Mail is not set up on this server'"));
    }

    [Theory, EachEngine]
    public async Task What_fails_is_tried_again_five_times_each_after_twice_the_rest(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync(Receiver.Status(500));
        await world.ChannelAsync(receiver.Url);
        await world.LogAsync(51);
        await world.RoundAsync();
        await world.DeliverAlertsAsync();
        for (var (attempts, rest) = (1, 30); attempts <= 5; attempts++, rest *= 2)
        {
            world.Clock.Advance(TimeSpan.FromSeconds(rest) - TimeSpan.FromMilliseconds(1));
            await world.DeliverAlertsAsync();
            Assert.Equal(attempts, receiver.All.Count);
            Assert.Equal("pending", await OnlyStatusAsync(world));
            world.Clock.Advance(TimeSpan.FromMilliseconds(1));
            await world.DeliverAlertsAsync();
        }

        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.DeliverAlertsAsync();
        Assert.Equal(6, receiver.All.Count);
        Assert.Equal("failed", await OnlyStatusAsync(world));
    }

    [Theory, EachEngine]
    public async Task Nodes_that_deliver_at_once_send_each_alert_once(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        await using var receiver = await Receiver.StartAsync();
        await world.ChannelAsync(receiver.Url);
        for (var agent = 0; agent < 30; agent++) await world.LogAsync(1, agent: $"ag_{agent}");
        await world.RoundAsync();

        await World.AllAtOnceAsync(20, async number =>
        {
            await (number % 2 == 0 ? world : node).DeliverAlertsAsync();
            return number;
        });

        Assert.Equal(30, receiver.All.Count);
        Assert.Equal(30, receiver.All.Select(sent => sent.Body).Distinct().Count());
        Assert.Equal(30, await world.CountAsync($"select count(*) as n from anomaly_deliveries where status = 'delivered'"));
    }

    [Theory, EachEngine]
    public async Task What_a_node_took_and_did_not_report_on_is_sent_by_another_after_its_lease(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var node = await world.NodeAsync();
        using var dead = new CancellationTokenSource();
        await using var receiver = await Receiver.StartAsync(_ => dead.CancelAsync());
        await world.ChannelAsync(receiver.Url);
        await world.LogAsync(51);
        await world.RoundAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => world.Get<DeliverAlerts>().RunAsync(dead.Token)); // it dies while it sends
        receiver.Answer = _ => Task.CompletedTask;

        await node.DeliverAlertsAsync();
        Assert.Single(receiver.All);
        world.Clock.Advance(TimeSpan.FromSeconds(30));
        await node.DeliverAlertsAsync();

        Assert.Equal(2, receiver.All.Count);
        Assert.Equal("delivered", await OnlyStatusAsync(world));
    }

    [Theory, EachEngine]
    public async Task A_channel_is_told_of_its_severities_or_of_the_rules_that_name_it(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var receiver = await Receiver.StartAsync();
        var critical = await world.ChannelAsync(receiver.Url + "/critical", severities: [Severity.Critical], name: "critical");
        await world.ChannelAsync(receiver.Url + "/medium", severities: [Severity.Medium], name: "medium");
        await world.RuleAsync(RuleMetric.Entries, threshold: 0, channels: [critical.Id.ToString()]); // of medium severity
        await world.LogAsync(51); // high: for neither
        await world.RoundAsync();
        await world.DeliverAlertsAsync();
        Assert.Equal(["/critical"], receiver.All.Select(sent => sent.Path));

        await world.RuleAsync(RuleMetric.Entries, threshold: 0);
        await world.RoundAsync();
        await world.DeliverAlertsAsync();
        Assert.Equal(["/critical", "/medium"], receiver.All.Select(sent => sent.Path));
    }

    [Theory, EachEngine]
    public async Task A_deleted_channel_is_told_nothing_more(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var (other, _) = await world.OrganizationAsync("Other Co");
        await using var receiver = await Receiver.StartAsync();
        var channel = await world.ChannelAsync(receiver.Url);
        await world.LogAsync(51);
        await world.RoundAsync();
        Assert.Equal(AnomalyFailures.ChannelNotFound, (await world.Get<DeleteChannel>().RunAsync(other, channel.Id, World.Ct)).Failure);
        Assert.True((await world.Get<DeleteChannel>().RunAsync(world.Caller, channel.Id, World.Ct)).Succeeded);

        await world.DeliverAlertsAsync();

        Assert.Empty(receiver.All);
    }

    [Theory, EachEngine]
    public async Task What_reaches_a_channel_is_in_the_database_encrypted_and_bound_to_its_row(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var channel = await world.ChannelAsync("https://hooks.example.com/T0/B0/letmein", ChannelType.Slack);
        var again = await world.ChannelAsync("https://hooks.example.com/T0/B0/letmein", ChannelType.Slack);

        Assert.DoesNotContain("letmein", channel.SealedTarget, StringComparison.Ordinal);
        Assert.NotEqual(channel.SealedTarget, again.SealedTarget);
        var box = world.Get<ChannelBox>();
        Assert.Equal("https://hooks.example.com/T0/B0/letmein", box.Open(channel)!.Url);
        Assert.Null(box.Open(channel with { Id = again.Id }));
    }

    private static async Task<string> OnlyStatusAsync(World world) =>
        Assert.Single(await world.Db.ListAsync($"select status from anomaly_deliveries", row => row.Text("status"), World.Ct));
}
