using Credence.Configurations;
using Credence.Messages;
using Credence.Outgoing;
using Credence.Storage;
using Credence.Telemetry;
using Credence.Tests.Support;

namespace Credence.Tests.Messages;

/// <summary>An administrator tries what is configured and hears what the provider says (contract identity ID-51, B.9).</summary>
public sealed class TryConfigurationTests
{
    [Theory, EachEngine]
    public async Task A_mail_server_configured_at_run_time_comes_before_the_settings(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        await using var ours = new MailServer();
        await using var theirs = new MailServer();
        world.Get<MailOptions>().Server = theirs.At();
        Assert.Equal("taken as 42", (await TryAsync(world, "MAIL", "smtp", "ada@example.com")).Value);
        Assert.Single(theirs.All);

        await world.SetAsync("MAIL", "smtp", $$"""{"host":"127.0.0.1","port":{{ours.At().Port}},"secure":"none","from":"Ours <ours@example.com>"}""");
        Assert.True((await TryAsync(world, "MAIL", "verify-email-vi", "ada@example.com")).Succeeded);
        Assert.Contains("From: \"Ours\" <ours@example.com>\r\n", Assert.Single(ours.All), StringComparison.Ordinal);
        Assert.Single(theirs.All);
    }

    [Fact]
    public async Task A_refusal_comes_back_with_its_class()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        Assert.Equal(MessageFailures.NoMail, (await TryAsync(world, "MAIL", "smtp", "ada@example.com")).Failure);
        Assert.Equal(MessageFailures.NoSms, (await TryAsync(world, "SMS", "provider", "+84901234567")).Failure);
        await using var server = new MailServer { Answer = line => line.StartsWith("AUTH", StringComparison.Ordinal) ? "535 no" : null };
        world.Get<MailOptions>().Server = server.At("ada", "wrong");
        Assert.Equal("smtp.auth", (await TryAsync(world, "MAIL", "smtp", "ada@example.com")).Failure!.Code);
        Assert.Equal(SmtpFailures.Malformed, (await TryAsync(world, "MAIL", "smtp", "nobody")).Failure);
        Assert.Equal(ConfigurationFailures.NotFound, (await TryAsync(world, "OTP", "lockSeconds", "x")).Failure);
        Assert.Equal(ConfigurationFailures.NotFound, (await TryAsync(world, "MAIL", "phone-auth-en", "x")).Failure);
    }

    [Fact]
    public async Task A_password_whose_key_is_lost_is_named_and_no_mail_goes_out_without_it()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        await using var server = new MailServer();
        await world.SetAsync("MAIL", "smtp", $$"""{"host":"127.0.0.1","port":{{server.At().Port}},"secure":"starttls","username":"ada","from":"a@example.com"}""", "secret");
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            await tx.ExecuteAsync($"update configurations set credential = 'v1.00000000.a.b.c'", World.Ct);
            await tx.CommitAsync();
        }

        world.Clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(MessageFailures.CredentialLost, (await TryAsync(world, "MAIL", "smtp", "ada@example.com")).Failure);
        Assert.Empty(server.Commands);
    }

    [Fact]
    public async Task Attempts_are_counted_by_template_and_outcome_and_what_waits_is_known_from_the_first_scrape()
    {
        await using var world = await World.OnAsync(EngineKind.Sqlite);
        var metrics = world.Get<Metrics>();
        using var scrape = new Server.Operations.Prometheus.Scrape(metrics);
        metrics.FollowMessages(world.Db);
        await metrics.RefreshAsync(World.Ct);
        var first = Text(scrape);
        Assert.Contains("identity_mail_send_total{template=\"verify-email\",result=\"sent\"} 0\n", first, StringComparison.Ordinal);
        Assert.Contains("identity_sms_send_total{template=\"phone-auth\",result=\"given_up\"} 0\n", first, StringComparison.Ordinal);
        Assert.Contains("identity_queue_depth{queue=\"mail\"} 0\n", first, StringComparison.Ordinal);
        Assert.Contains("identity_queue_depth{queue=\"sms\"} 0\n", first, StringComparison.Ordinal);

        await world.QueueAsync(Post.Mail(), Post.Mail(), Post.Sms());
        await metrics.RefreshAsync(World.Ct);
        Assert.Contains("identity_queue_depth{queue=\"mail\"} 2\n", Text(scrape), StringComparison.Ordinal);
        await using var server = new MailServer();
        world.Get<MailOptions>().Server = server.At();
        await world.SendMailsAsync();
        await world.SendTextsAsync();
        var then = Text(scrape);
        Assert.Contains("identity_mail_send_total{template=\"verify-email\",result=\"sent\"} 2\n", then, StringComparison.Ordinal);
        Assert.Contains("identity_sms_send_total{template=\"phone-auth\",result=\"failed\"} 1\n", then, StringComparison.Ordinal);
    }

    private static string Text(Server.Operations.Prometheus.Scrape scrape) => System.Text.Encoding.UTF8.GetString(scrape.Write());

    private static Task<Result<string>> TryAsync(World world, string group, string code, string to) => world.Get<TryConfiguration>().RunAsync(group, code, to, World.Ct);
}
