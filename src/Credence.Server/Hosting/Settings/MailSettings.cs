using Credence.Outgoing;

namespace Credence.Server.Hosting.Settings;

/// <summary>How mail leaves where no administrator set it at run time; without it, what needs mail says so (contract operations O13, identity A 12, B.2).</summary>
internal static class MailSettings
{
    private const int SubmissionPort = 587; // RFC 6409
    private const int EncryptedPort = 465; // RFC 8314

    public static readonly Setting<Uri?> SmtpUrl = new("SMTP_URL", Smtp)
    {
        OrFile = true,
        Form = "`smtp://user:password@host:587`, or `smtps://…:465`",
        About = "The mail server: `smtp` begins with STARTTLS, except on this machine, `smtps` with TLS. A server configured at run time comes before it.",
        Mask = Masks.AddressPassword,
    };

    public static readonly Setting<string?> Host = new("APP_ENV_SMTP_HOST", Forms.HostName)
    {
        Form = "a host's name or address",
        About = "The mail server, in parts; comes before SMTP_URL.",
    };

    public static readonly Setting<int> Port = new("APP_ENV_SMTP_PORT", Forms.Number(1, 65535))
    {
        Form = "a port, 1 to 65535",
        Default = "587",
        About = "Its port. At 465 the connection begins with TLS, elsewhere with STARTTLS, except on this machine.",
    };

    public static readonly Setting<string?> Username = new("APP_ENV_SMTP_USERNAME", Forms.Text)
    {
        Form = "a user name",
        About = "Who signs on there.",
    };

    public static readonly Setting<string?> Password = new("APP_ENV_SMTP_PASSWORD", Forms.Text)
    {
        OrFile = true,
        Form = "a password",
        About = "With what.",
        Mask = Masks.Whole,
    };

    public static readonly Setting<string?> PickupDirectory = new("MAIL_PICKUP_DIR", Forms.Text)
    {
        Form = "a folder",
        About = "Gets each mail as a file instead, for development.",
    };

    public static readonly Setting<string> From = new("EMAIL_FROM", Address)
    {
        Form = "an e-mail address",
        Default = "credence@localhost",
        About = "The sender of every mail, unless the server configured at run time has another.",
    };

    public static readonly Setting<bool> SmsAllowInsecureUrls = Relaxed("SMS_ALLOW_INSECURE_URLS", "Whether the provider of short messages may have an http address.");

    public static readonly Setting<bool> SmsAllowPrivateHosts = Relaxed(
        "SMS_ALLOW_PRIVATE_HOSTS", "Whether the provider of short messages may be at an address that is not on the public internet.");

    public static readonly Setting<TimeSpan> Lease = new("MESSAGE_LEASE", Forms.Duration("5s", "5m"))
    {
        Form = "a number and s, m, h or d; 5s to 5m",
        Default = "30s",
        About = "After so long another server sends a mail or short message that a server had taken to send when it crashed. An attempt may take two thirds of it.",
    };

    public static readonly SettingGroup Group = new(
        "Mail and short messages", [SmtpUrl, Host, Port, Username, Password, PickupDirectory, From, SmsAllowInsecureUrls, SmsAllowPrivateHosts, Lease]);

    /// <summary>The mail server that the settings name; null when they name none.</summary>
    public static SmtpServer? Server(SettingValues values)
    {
        if (values.Of(Host) is { } host)
        {
            var port = values.Of(Port);
            return new SmtpServer(host, port, Security(host, port == EncryptedPort), values.Of(Username), values.Of(Password));
        }

        if (values.Of(SmtpUrl) is not { } url) return null;
        var isEncrypted = url.Scheme == "smtps";
        var user = url.UserInfo.Split(':', 2);
        return new SmtpServer(
            url.Host, url.Port > 0 && !url.IsDefaultPort ? url.Port : isEncrypted ? EncryptedPort : SubmissionPort, Security(url.Host, isEncrypted),
            user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null, user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null);
    }

    private static SmtpSecurity Security(string host, bool isEncrypted) =>
        isEncrypted ? SmtpSecurity.Tls : new UriBuilder("smtp", host).Uri.IsLoopback ? SmtpSecurity.None : SmtpSecurity.Starttls;

    private static Uri Smtp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "smtp" or "smtps" && uri.Host.Length > 0
            ? uri
            : throw new FormatException("must be an smtp:// or smtps:// address");

    private static string Address(string text) =>
        System.Net.Mail.MailAddress.TryCreate(text, out _) ? text : throw new FormatException("must be an e-mail address");

    private static Setting<bool> Relaxed(string name, string about) => new(name, Forms.Flag)
    {
        Form = "true or false",
        Default = "true in development, else false",
        DefaultFrom = values => values.Of(ProcessSettings.Environment) == Deployment.Development ? "true" : "false",
        About = about + " Refused in production.",
    };
}
