using Credence.Configurations;
using Credence.Outgoing;

namespace Credence.Messages;

/// <summary>A mail's content.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Text">The text for everybody.</param>
/// <param name="Html">The same as HTML; null for none.</param>
public sealed record MailContent(string Subject, string Text, string? Html = null);

/// <summary>
/// The one way mail leaves: by the mail server an administrator configured, else the one the settings name, else as files into a folder, else, in development,
/// onto a page. Without any of them nothing is sent, which callers are told (contract operations O13, identity A 12).
/// </summary>
public sealed class Mailer
{
    private readonly MailOptions _options;
    private readonly MessageOptions _messages;
    private readonly CurrentConfigurations _configurations;
    private readonly CredentialBox _box;
    private readonly SmtpSender _smtp;
    private readonly DevelopmentOutbox _outbox;
    private readonly TimeProvider _clock;

    internal Mailer(
        MailOptions options, MessageOptions messages, CurrentConfigurations configurations, CredentialBox box, SmtpSender smtp, DevelopmentOutbox outbox, TimeProvider clock)
    {
        (_options, _messages, _configurations, _box, _smtp, _outbox, _clock) = (options, messages, configurations, box, smtp, outbox, clock);
    }

    /// <summary>Sends one mail that nobody sends a second time.</summary>
    /// <inheritdoc cref="SendAsync(string, IReadOnlyList{string}, string, MailContent, CancellationToken)"/>
    public Task<Result<string>> SendAsync(IReadOnlyList<string> to, MailContent content, CancellationToken ct) =>
        SendAsync(Id<StoredMessage>.New(_clock.Now()).ToString(), to, "", content, ct);

    /// <summary>Sends one mail.</summary>
    /// <param name="id">What to call it; the same for a second attempt.</param>
    /// <param name="to">To whom.</param>
    /// <param name="template">Of which template it was made.</param>
    /// <param name="content">What it says.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What the mail server said when it took it; or why it is not sent.</returns>
    internal async Task<Result<string>> SendAsync(string id, IReadOnlyList<string> to, string template, MailContent content, CancellationToken ct)
    {
        var now = _clock.Now();
        var mail = new Mail(id, _options.From, to, content.Subject, content.Text, content.Html);
        if (await WayAsync(ct) is { } way)
        {
            return way.Succeeded ? await _smtp.SendAsync(way.Value.Server, mail with { From = way.Value.From }, now, _messages.Timeout, ct) : way.Failure;
        }

        if (_options.PickupDirectory is { } folder) return await DropAsync(mail, folder, now, ct);
        return _outbox.Show(new ShownMessage(id, now, MessageChannel.Mail, string.Join(", ", to), template, content.Subject, content.Text, content.Html)) ? id : MessageFailures.NoMail;
    }

    /// <summary>Signs on at the mail server that is used, and sends nothing.</summary>
    /// <returns>What came of it; null when mail leaves by no server.</returns>
    internal async Task<Reached?> TryAsync(TimeSpan within, CancellationToken ct)
    {
        if (await WayAsync(ct) is not { } way) return null;
        if (!way.Succeeded) return new Reached("the mail server", IsSetAtRunTime: true, way.Failure);
        var (server, _, isSetAtRunTime) = way.Value;
        return new Reached(server.ToString(), isSetAtRunTime, (await _smtp.TryAsync(server, within, ct)).Failure);
    }

    /// <summary>The mail server that is used: an administrator's, else the settings'.</summary>
    /// <returns>Null when there is none; a failure when what an administrator set cannot be used.</returns>
    private async ValueTask<Result<Way>?> WayAsync(CancellationToken ct)
    {
        if ((await _configurations.ReadAsync(ct)).Find(MailGroup.GroupName, MailGroup.Smtp) is not { } configured)
        {
            if (_options.Server is not { } given) return null;
            return (Result<Way>)new Way(given, _options.From, IsSetAtRunTime: false);
        }

        var password = _box.Open(configured);
        if (password is null && configured.SealedCredential is not null) return (Result<Way>)MessageFailures.CredentialLost;
        var (server, from, problem) = MailGroup.ReadServer(configured.Json(), password);
        return server is null ? ConfigurationFailures.Of(problem!) : (Result<Way>)new Way(server, from, IsSetAtRunTime: true);
    }

    private static async Task<Result<string>> DropAsync(Mail mail, string folder, DateTimeOffset now, CancellationToken ct)
    {
        if (MailWriter.Write(mail, now) is not { } written) return SmtpFailures.Malformed;
        var place = Path.Combine(Path.GetFullPath(folder), mail.Id + ".eml");
        Directory.CreateDirectory(Path.GetDirectoryName(place)!);
        await File.WriteAllBytesAsync(place, written.Text, ct);
        return mail.Id;
    }

    private sealed record Way(SmtpServer Server, string From, bool IsSetAtRunTime);
}
