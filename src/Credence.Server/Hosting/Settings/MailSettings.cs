namespace Credence.Server.Hosting.Settings;

/// <summary>How mail leaves; without it, what needs mail says so (contract operations O13).</summary>
internal static class MailSettings
{
    public static readonly Setting<Uri?> SmtpUrl = new("SMTP_URL", Smtp)
    {
        OrFile = true,
        Form = "`smtp://user:password@host:587`",
        About = "The mail server.",
        Mask = Masks.AddressPassword,
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
        About = "The sender of every mail.",
    };

    public static readonly SettingGroup Group = new("Mail", [SmtpUrl, PickupDirectory, From]);

    private static Uri Smtp(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "smtp" && uri.Host.Length > 0
            ? uri
            : throw new FormatException("must be an smtp:// address");

    private static string Address(string text) =>
        System.Net.Mail.MailAddress.TryCreate(text, out _) ? text : throw new FormatException("must be an e-mail address");
}
