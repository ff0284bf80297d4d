using System.Net;
using System.Text.Json;
using Credence.Configurations;

namespace Credence.Messages;

/// <summary>One attempt to send a message: the template in the receiver's language, filled in, by the way it goes.</summary>
internal sealed class SendMessage(CurrentConfigurations configurations, Mailer mailer, SmsSender sms)
{
    /// <returns>What the provider calls it, or why it was not taken.</returns>
    public async Task<Result<string>> RunAsync(Id<StoredMessage> id, Message message, CancellationToken ct)
    {
        var set = await configurations.ReadAsync(ct);
        if (message.Channel == MessageChannel.Mail)
        {
            var mail = Template(set, MailGroup.GroupName, BuiltInMails.Values, message, value => MailGroup.ReadTemplate(value).Template);
            return await mailer.SendAsync(id.ToString(), [message.To], message.Template, Fill(mail, message.Values), ct);
        }

        var text = Template(set, SmsGroup.GroupName, BuiltInSms.Values, message, value => SmsGroup.ReadTemplate(value).Template).Text;
        return await sms.SendAsync(id.ToString(), message.To, message.Template, TemplateText.Fill(text, message.Values, TemplateText.OneLine), ct);
    }

    private static MailContent Fill(MailTemplate template, IReadOnlyDictionary<string, string> values) => new(
        TemplateText.Fill(template.Subject, values, TemplateText.OneLine),
        TemplateText.Fill(template.Text, values, TemplateText.OneLine),
        template.Html is null ? null : TemplateText.Fill(template.Html, values, value => WebUtility.HtmlEncode(TemplateText.OneLine(value))));

    /// <summary>An administrator's own text before the built-in one, and the receiver's language before English. What was broken by hand in the database is passed over.</summary>
    private static T Template<T>(
        ConfigurationSet set, string group, IReadOnlyDictionary<string, string> builtIn, Message message, Func<JsonElement, T?> read)
        where T : class
    {
        foreach (var code in MessageTemplates.Codes(message.Template, message.Locale))
        {
            if (set.Find(group, code) is { } configured && read(configured.Json()) is { } own) return own;
            if (builtIn.TryGetValue(code, out var json) && read(JsonElement.Parse(json)) is { } usual) return usual;
        }

        throw new InvalidOperationException($"there is no template {message.Template}");
    }
}
