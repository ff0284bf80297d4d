using System.ComponentModel.DataAnnotations;
using Credence.Outgoing;

namespace Credence.Messages;

/// <summary>Where mail goes where no administrator set it at run time.</summary>
public sealed class MailOptions
{
    /// <summary><c>SMTP_URL</c>, or <c>APP_ENV_SMTP_HOST</c> and its like; null when there is no mail server.</summary>
    public SmtpServer? Server { get; set; }

    /// <summary><c>MAIL_PICKUP_DIR</c>: a folder that gets each mail as a file instead, for development; null for none.</summary>
    public string? PickupDirectory { get; set; }

    /// <summary><c>EMAIL_FROM</c>: the sender.</summary>
    public string From { get; set; } = "credence@localhost";
}

/// <summary>How messages are sent.</summary>
public sealed class MessageOptions
{
    /// <summary><c>MESSAGE_LEASE</c>: after so long another node sends what a node had taken to send when it crashed.</summary>
    [Range(typeof(TimeSpan), "00:00:05", "00:05:00")]
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Whether messages that nobody is there to send are shown at <c>/dev/outbox</c> and in the log: in development only.</summary>
    public bool ShowUnsent { get; set; }

    /// <summary><c>SMS_ALLOW_INSECURE_URLS</c> and <c>SMS_ALLOW_PRIVATE_HOSTS</c>: where a provider of short messages may be.</summary>
    public OutgoingRules SmsRules { get; set; } = new(AllowHttp: false, AllowPrivate: false);

    /// <summary>How long one attempt may take: it ends well before its lease.</summary>
    public TimeSpan Timeout => Lease * 2 / 3;
}
