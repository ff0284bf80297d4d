using System.Net;
using System.Net.Mail;

namespace Credence.Organizations;

/// <summary>Where mail goes.</summary>
public sealed class MailOptions
{
    /// <summary><c>SMTP_URL</c>: <c>smtp://user:password@host:587</c>; null when there is no mail server.</summary>
    public Uri? SmtpUrl { get; set; }

    /// <summary><c>MAIL_PICKUP_DIR</c>: a folder that gets each mail as a file instead, for development; null for none.</summary>
    public string? PickupDirectory { get; set; }

    /// <summary><c>EMAIL_FROM</c>: the sender.</summary>
    public string From { get; set; } = "credence@localhost";
}

/// <summary>Sends mail by SMTP, or drops it into a folder. With neither set up it sends nothing, which is no error (contract operations O13).</summary>
public sealed class Mailer(MailOptions options)
{
    /// <summary>Sends one plain-text mail.</summary>
    /// <returns>Whether there was a way to send it.</returns>
    /// <exception cref="SmtpException">The mail server refused or is away.</exception>
    public async Task<bool> SendAsync(string to, string subject, string body, CancellationToken ct)
    {
        using var client = Client();
        if (client is null) return false;
        using var mail = new MailMessage(options.From, to, subject, body);
        await client.SendMailAsync(mail, ct);
        return true;
    }

    private SmtpClient? Client()
    {
        if (options.SmtpUrl is { } server)
        {
            var user = server.UserInfo.Split(':', 2);
            return new SmtpClient(server.Host, server.Port > 0 ? server.Port : 587)
            {
                EnableSsl = !server.IsLoopback,
                Timeout = 10_000,
                Credentials = user is [{ Length: > 0 } name, var password] ? new NetworkCredential(Uri.UnescapeDataString(name), Uri.UnescapeDataString(password)) : null,
            };
        }

        if (options.PickupDirectory is null) return null;
        var folder = Path.GetFullPath(options.PickupDirectory);
        Directory.CreateDirectory(folder);
        return new SmtpClient { DeliveryMethod = SmtpDeliveryMethod.SpecifiedPickupDirectory, PickupDirectoryLocation = folder };
    }
}
