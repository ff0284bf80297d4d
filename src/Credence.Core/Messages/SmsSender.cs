using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Credence.Configurations;
using Credence.Outgoing;

namespace Credence.Messages;

/// <summary>Hands short messages to the provider that an administrator configured; without one, development shows them.</summary>
internal sealed partial class SmsSender(
    CurrentConfigurations configurations, CredentialBox box, OutgoingClient client, DevelopmentOutbox outbox, MessageOptions options, TimeProvider clock) : IDisposable
{
    private const int LargestAnswer = 64 * 1024;

    /// <summary>Sends one.</summary>
    /// <returns>The provider's id of it, or this server's where it gives none; or why it was not taken.</returns>
    public async Task<Result<string>> SendAsync(string id, string to, string template, string text, CancellationToken ct)
    {
        if (!Number().IsMatch(to)) return MessageFailures.NoNumber;
        if ((await configurations.ReadAsync(ct)).Find(SmsGroup.GroupName, SmsGroup.Provider) is not { } configured)
        {
            return outbox.Show(new ShownMessage(id, clock.Now(), MessageChannel.Sms, to, template, null, text, null)) ? id : MessageFailures.NoSms;
        }

        var (provider, problem) = SmsProvider.Read(configured.Json());
        if (provider is null) return ConfigurationFailures.Of(problem!);
        var credential = box.Open(configured);
        if (credential is null && configured.SealedCredential is not null) return MessageFailures.CredentialLost;
        using var request = Request(provider, new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["to"] = to,
            ["toDigits"] = to[1..],
            ["text"] = text,
            ["id"] = id,
            ["credential"] = credential ?? "",
        });
        var answer = await client.SendAsync(request, new OutgoingLimits(options.Timeout, LargestAnswer, KeepBody: true), ct);
        return answer.Succeeded ? Read(provider, id, answer.Value) : MessageFailures.SmsAway(answer.Failure.Detail);
    }

    /// <summary>Connects to the provider that is configured, and sends nothing.</summary>
    /// <returns>What came of it; null when there is none.</returns>
    public async Task<Reached?> TryAsync(TimeSpan within, CancellationToken ct)
    {
        if ((await configurations.ReadAsync(ct)).Find(SmsGroup.GroupName, SmsGroup.Provider) is not { } configured) return null;
        var (provider, problem) = SmsProvider.Read(configured.Json());
        if (provider is null) return new Reached("the provider", IsSetAtRunTime: true, ConfigurationFailures.Of(problem!));
        var address = new Uri(provider.Url.Split('?')[0]); // what is behind may be secret, and may have places to fill in
        var lost = box.Open(configured) is null && configured.SealedCredential is not null ? MessageFailures.CredentialLost : null;
        return new Reached(address.Authority, IsSetAtRunTime: true, lost ?? (await client.TryAsync(address, within, ct)).Failure);
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private static HttpRequestMessage Request(SmsProvider provider, Dictionary<string, string> values)
    {
        var request = new HttpRequestMessage(new HttpMethod(provider.Method), TemplateText.Fill(provider.Url, values, Uri.EscapeDataString));
        if (provider.Body is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(TemplateText.Fill(body, values, Escape(provider.ContentType))));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(provider.ContentType, "utf-8");
        }

        foreach (var (name, text) in provider.Headers) request.Headers.TryAddWithoutValidation(name, TemplateText.Fill(text, values, TemplateText.OneLine));
        return request;
    }

    /// <summary>What a value becomes in a body: whatever is in it, it stays one value there.</summary>
    private static Func<string, string> Escape(string contentType) => contentType switch
    {
        SmsProvider.Form => Uri.EscapeDataString,
        SmsProvider.Xml => value => WebUtility.HtmlEncode(value),
        _ => value => JsonEncodedText.Encode(value).ToString(),
    };

    private static Result<string> Read(SmsProvider provider, string id, OutgoingAnswer answer)
    {
        if (answer.Status is 408 or 425 or 429 or >= 500) return MessageFailures.SmsAway($"The provider answered HTTP {answer.Status}");
        if (answer.Status is < 200 or >= 300) return MessageFailures.SmsRefused($"The provider answered HTTP {answer.Status}");
        if (provider.Success is { } success)
        {
            var said = SmsSuccess.At(answer.Body, success.Field);
            if (said is null || !success.Values.Contains(said, StringComparer.Ordinal)) return MessageFailures.SmsRefused($"The provider's {success.Field} tells no success");
        }

        return provider.IdField is { } field && SmsSuccess.At(answer.Body, field) is { Length: > 0 } given ? given : id;
    }

    [GeneratedRegex(@"^\+[1-9][0-9]{6,14}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex Number();
}
