using System.Text;
using Credence.Outgoing;
using Credence.Tests.Support;

namespace Credence.Tests.Outgoing;

/// <summary>Mails against a real mail server on a socket, as it should be and as it should not (contract identity A 12, 27; RFC 3207, 5321, 8314).</summary>
public sealed class SmtpSenderTests
{
    private const string Password = "correct horse";

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Mail Letter => new(
        "msg_1", "Ví dụ <no-reply@example.com>", ["ada@example.com"], "Xác nhận địa chỉ email", "Mã của bạn:\n.123456\n" + new string('ư', 300) + " ", "<p>.123456 &amp; ễ</p>");

    [Theory]
    [InlineData(SmtpSecurity.None)]
    [InlineData(SmtpSecurity.Starttls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_mail_arrives_as_it_was_written(SmtpSecurity security)
    {
        await using var server = new MailServer(security);
        var sent = await SendAsync(server, Letter, server.At("ada", Password));

        Assert.Equal("taken as 42", sent.Value);
        var mail = Assert.Single(server.All);
        Assert.Contains("MAIL FROM:<no-reply@example.com>\r\nRCPT TO:<ada@example.com>\r\nDATA", mail, StringComparison.Ordinal);
        Assert.Contains($"AUTH PLAIN {Convert.ToBase64String(Encoding.UTF8.GetBytes($"\0ada\0{Password}"))}", server.Commands);
        Assert.All(mail.Split("\r\n"), line => Assert.InRange(line.Length, 0, 100));
        Assert.All(mail.Split("DATA\r\n")[1], letter => Assert.InRange(letter, '\n', '~'));
        Assert.Contains($"Subject: =?utf-8?B?{Convert.ToBase64String(Encoding.UTF8.GetBytes("Xác nhận địa chỉ email"))}?=\r\n", mail, StringComparison.Ordinal);
        Assert.Contains("Message-ID: <msg_1@example.com>\r\n", mail, StringComparison.Ordinal);
        var text = MailServer.Read(mail);
        Assert.Contains($"Mã của bạn:\r\n.123456\r\n{new string('ư', 300)} \r\n", text, StringComparison.Ordinal);
        Assert.Contains("<p>.123456 &amp; ễ</p>", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SmtpSecurity.Starttls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_server_whose_certificate_nobody_vouches_for_gets_nothing(SmtpSecurity security)
    {
        await using var server = new MailServer(security);
        var sent = await new SmtpSender().SendAsync(server.At("ada", Password), Letter, Now, Patience, Ct);
        Assert.Equal("smtp.tls", sent.Failure!.Code);
        Assert.DoesNotContain(server.Commands, line => line.StartsWith("AUTH", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(SmtpSecurity.None)]
    [InlineData(SmtpSecurity.Starttls)]
    [InlineData(SmtpSecurity.Tls)]
    public async Task A_server_is_tried_as_for_a_mail_and_sent_none(SmtpSecurity security)
    {
        await using var server = new MailServer(security);
        var sender = new SmtpSender(server.Certificate is { } trusted ? [trusted] : []);
        var at = server.At("ada", Password);

        Assert.Equal(at.ToString(), (await sender.TryAsync(at, Patience, Ct)).Value);
        Assert.Contains(server.Commands, line => line.StartsWith("AUTH", StringComparison.Ordinal));
        Assert.DoesNotContain(server.Commands, line => line.StartsWith("MAIL", StringComparison.Ordinal));
        server.Answer = line => line.StartsWith("AUTH", StringComparison.Ordinal) ? "535 wrong" : null;
        Assert.Equal("smtp.auth", (await sender.TryAsync(at, Patience, Ct)).Failure!.Code);
        Assert.Empty(server.All);
    }

    [Fact]
    public async Task Without_starttls_nothing_is_said_in_clear()
    {
        await using var server = new MailServer();
        var sent = await SendAsync(server, Letter, server.At("ada", Password) with { Security = SmtpSecurity.Starttls });
        Assert.Equal(SmtpFailures.NoStarttls, sent.Failure);
        Assert.Single(server.Commands); // EHLO
    }

    [Fact]
    public async Task What_somebody_put_behind_the_answer_to_starttls_ends_it()
    {
        await using var server = new MailServer(SmtpSecurity.Starttls) { Answer = line => line == "STARTTLS" ? "220 go on\r\n250 hello" : null };
        var sent = await SendAsync(server, Letter, server.At("ada", Password));
        Assert.Equal(SmtpFailures.NotClean, sent.Failure);
    }

    [Theory]
    [InlineData("", "554 no", FailureKind.BadUpstream, "smtp.refused")]
    [InlineData("", "421 later", FailureKind.Unavailable, "smtp.refused")]
    [InlineData("AUTH", "535 wrong", FailureKind.BadUpstream, "smtp.auth")]
    [InlineData("MAIL", "451 later", FailureKind.Unavailable, "smtp.refused")]
    [InlineData("RCPT", "550 no such user ada@example.com", FailureKind.BadUpstream, "smtp.refused")]
    [InlineData("RCPT", "452 full", FailureKind.Unavailable, "smtp.refused")]
    [InlineData("DATA", "554 no", FailureKind.BadUpstream, "smtp.refused")]
    [InlineData(".", "552 too large", FailureKind.BadUpstream, "smtp.refused")]
    [InlineData("EHLO", "hello", FailureKind.Unavailable, "smtp.protocol")]
    public async Task A_refusal_is_final_or_not_as_its_code_says(string command, string answer, FailureKind kind, string code)
    {
        await using var server = new MailServer { Answer = line => line == command || (command.Length > 1 && line.StartsWith(command, StringComparison.Ordinal)) ? answer : null };
        var sent = await SendAsync(server, Letter, server.At("ada", Password));
        Assert.Equal((kind, code), (sent.Failure!.Kind, sent.Failure.Code));
        Assert.DoesNotContain("ada@", sent.Failure.Detail, StringComparison.Ordinal);
        Assert.Empty(server.All);
    }

    [Fact]
    public async Task A_server_that_says_nothing_is_left_in_time()
    {
        await using var server = new MailServer { Pause = () => Task.Delay(Timeout.Infinite, Ct) };
        var sent = await new SmtpSender().SendAsync(server.At(), Letter, Now, TimeSpan.FromMilliseconds(200), Ct);
        Assert.Equal((FailureKind.Unavailable, "smtp.timeout"), (sent.Failure!.Kind, sent.Failure.Code));
    }

    [Fact]
    public async Task A_server_that_goes_on_without_end_is_left()
    {
        await using var server = new MailServer { Answer = line => line.StartsWith("EHLO", StringComparison.Ordinal) ? string.Join("\r\n", Enumerable.Repeat("250-more", 1000)) : null };
        Assert.Equal(SmtpFailures.NotSmtp, (await SendAsync(server, Letter, server.At())).Failure);
        server.Answer = line => line.StartsWith("EHLO", StringComparison.Ordinal) ? "250 " + new string('x', 10_000) : null;
        Assert.Equal(SmtpFailures.NotSmtp, (await SendAsync(server, Letter, server.At())).Failure);
    }

    [Fact]
    public async Task Where_nobody_listens_it_may_be_tried_again()
    {
        var sent = await new SmtpSender().SendAsync(new SmtpServer("127.0.0.1", ServerProcess.FreePort(), SmtpSecurity.None, null, null), Letter, Now, Patience, Ct);
        Assert.Equal((FailureKind.Unavailable, "smtp.unreachable"), (sent.Failure!.Kind, sent.Failure.Code));
    }

    [Fact]
    public async Task Who_offers_only_login_is_signed_on_with_by_login_and_who_offers_nothing_with_nothing()
    {
        await using var server = new MailServer { Offers = ["AUTH LOGIN"] };
        Assert.True((await SendAsync(server, Letter, server.At("ada", Password))).Succeeded);
        Assert.Contains(Convert.ToBase64String(Encoding.UTF8.GetBytes(Password)), server.Commands);

        server.Offers = ["AUTH XOAUTH2"];
        Assert.Equal(SmtpFailures.NoAuthentication, (await SendAsync(server, Letter, server.At("ada", Password))).Failure);
    }

    [Theory]
    [InlineData("ada@example.com\r\nRCPT TO:<eve@example.com>", "Subject")]
    [InlineData("ada@example.com>\r\nDATA", "Subject")]
    [InlineData("ada@example.com, eve@example.com", "Subject")]
    [InlineData("ada", "Subject")]
    [InlineData("ada@example.com", "Subject\r\nBcc: eve@example.com")]
    [InlineData("ada@example.com", "Subject\nBcc: eve@example.com")]
    public async Task What_would_become_another_command_or_header_reaches_no_server(string to, string subject)
    {
        await using var server = new MailServer();
        Assert.Equal(SmtpFailures.Malformed, (await SendAsync(server, Letter with { To = [to], Subject = subject }, server.At())).Failure);
        Assert.Empty(server.Commands);
    }

    [Fact]
    public async Task An_address_beyond_ascii_needs_a_server_that_takes_it_unless_only_its_domain_is()
    {
        await using var server = new MailServer();
        Assert.True((await SendAsync(server, Letter with { To = ["ada@vídụ.example"] }, server.At())).Succeeded);
        Assert.Contains(server.Commands, line => line.StartsWith("RCPT TO:<ada@xn--", StringComparison.Ordinal));
        Assert.Equal(SmtpFailures.NotAscii, (await SendAsync(server, Letter with { To = ["ánh@example.com"] }, server.At())).Failure);

        server.Offers = ["SMTPUTF8"];
        Assert.True((await SendAsync(server, Letter with { To = ["ánh@example.com"] }, server.At())).Succeeded);
        Assert.Contains("MAIL FROM:<no-reply@example.com> SMTPUTF8", server.Commands);
    }

    private static Task<Result<string>> SendAsync(MailServer server, Mail mail, SmtpServer at) =>
        new SmtpSender(server.Certificate is { } trusted ? [trusted] : []).SendAsync(at, mail, Now, Patience, Ct);
}
