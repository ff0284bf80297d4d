using System.Net.Mail;
using System.Text.Json;
using Credence.Configurations;
using Credence.Outgoing;
using Credence.Storage;

namespace Credence.Messages;

/// <summary>The group <c>MAIL</c>: the mail server under <c>smtp</c>, its password being the credential, and a template under each <c>name-language</c>.</summary>
internal sealed class MailGroup() : ConfigurationGroup(GroupName)
{
    public const string GroupName = "MAIL";
    public const string Smtp = "smtp";

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Defaults => BuiltInMails.Values;

    /// <inheritdoc/>
    public override bool Has(string code) => code == Smtp || MessageTemplates.IsCode(MessageChannel.Mail, code);

    /// <inheritdoc/>
    public override ValueProblem? Check(string code, JsonElement value) => code == Smtp ? ReadServer(value, null).Problem : ReadTemplate(value).Problem;

    /// <inheritdoc/>
    public override string? CredentialGoesTo(string code, JsonElement value) =>
        code == Smtp && ReadServer(value, null).Server is { } server ? $"{server.Host} {server.Port} {server.Security} {server.Username}" : null;

    /// <summary>Reads the mail server.</summary>
    public static (SmtpServer? Server, string From, ValueProblem? Problem) ReadServer(JsonElement value, string? password)
    {
        var reader = new ValueReader(value);
        var host = reader.Line("host", 253);
        if (host is not null && Uri.CheckHostName(host) == UriHostNameType.Unknown) reader.Wrong<string>("host", "must be a host's name or address");
        var port = reader.Number("port", 1, 65535);
        var secure = Words.Find<SmtpSecurity>(reader.OneOf("secure", ["starttls", "tls", "none"]));
        var user = reader.Line("username", 256, isRequired: false);
        if (user is not null && secure == SmtpSecurity.None) reader.Wrong<string>("username", "must not be given with secure: none, for the password would go in clear");
        var from = reader.Line("from", 320);
        if (from is not null && !MailAddress.TryCreate(from, out _)) reader.Wrong<string>("from", "must be an e-mail address, with or without a name");
        return reader.End() is { } problem ? (null, "", problem) : (new SmtpServer(host!, port!.Value, secure!.Value, user, password), from!, null);
    }

    /// <summary>Reads a template.</summary>
    public static (MailTemplate? Template, ValueProblem? Problem) ReadTemplate(JsonElement value)
    {
        var reader = new ValueReader(value);
        var template = new MailTemplate(reader.Line("subject", 200) ?? "", reader.Text("text", 20_000) ?? "", reader.Text("html", 40_000, isRequired: false));
        foreach (var (name, text) in new[] { ("subject", template.Subject), ("text", template.Text), ("html", template.Html ?? "") })
        {
            if (TemplateText.Problem(text, MessageTemplates.Places) is { } problem) reader.Wrong<string>(name, problem);
        }

        return reader.End() is { } wrong ? (null, wrong) : (template, null);
    }
}
