using System.Text.Json;
using Credence.Configurations;

namespace Credence.Messages;

/// <summary>The group <c>SMS</c>: the provider under <c>provider</c>, its key being the credential, and a template under each <c>name-language</c>.</summary>
internal sealed class SmsGroup(MessageOptions options) : ConfigurationGroup(GroupName)
{
    public const string GroupName = "SMS";
    public const string Provider = "provider";

    private const int LongestText = 1000;

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> Defaults => BuiltInSms.Values;

    /// <inheritdoc/>
    public override bool Has(string code) => code == Provider || MessageTemplates.IsCode(MessageChannel.Sms, code);

    /// <inheritdoc/>
    public override ValueProblem? Check(string code, JsonElement value)
    {
        if (code != Provider) return ReadTemplate(value).Problem;
        var (provider, problem) = SmsProvider.Read(value);
        return problem ?? (options.SmsRules.Problem(provider!.Url) is { } refused ? new ValueProblem("value.url", refused) : null);
    }

    /// <summary>Where it goes, and in which place of what is sent: a key that moved from a header into the text would go to a telephone.</summary>
    /// <inheritdoc/>
    public override string? CredentialGoesTo(string code, JsonElement value) =>
        code == Provider && SmsProvider.Read(value).Provider is { } provider
            ? string.Join('\n', [provider.Url, provider.Method, provider.ContentType, provider.Body, .. provider.Headers.Select(header => $"{header.Key}: {header.Value}")])
            : null;

    /// <summary>Reads a template.</summary>
    public static (SmsTemplate? Template, ValueProblem? Problem) ReadTemplate(JsonElement value)
    {
        var reader = new ValueReader(value);
        var template = new SmsTemplate(reader.Text("text", LongestText) ?? "");
        if (TemplateText.Problem(template.Text, MessageTemplates.Places) is { } problem) reader.Wrong<string>("text", problem);
        return reader.End() is { } wrong ? (null, wrong) : (template, null);
    }
}
