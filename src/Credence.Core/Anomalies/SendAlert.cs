using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Credence.Messages;
using Credence.Outgoing;
using Credence.Webhooks;

namespace Credence.Anomalies;

/// <summary>One attempt to tell a channel of an alert: a POST of which any 2xx is a success, or a mail that the mail server took.</summary>
internal sealed class SendAlert(OutgoingClient client, Mailer mailer, ChannelBox box, WebhookOptions options, TimeProvider clock) : IDisposable
{
    private readonly OutgoingLimits _limits = new(options.Timeout, WebhookOptions.LargestAnswer, KeepBody: false);

    /// <returns>Why it failed; null when it arrived.</returns>
    public Task<string?> RunAsync(Channel channel, Anomaly anomaly, CancellationToken ct)
    {
        if (box.Open(channel) is not { } target) return Task.FromResult<string?>("The target cannot be decrypted with the server's keys: make the channel anew");
        return channel.Type switch
        {
            ChannelType.Email => MailAsync(target, anomaly, ct),
            ChannelType.Slack => PostAsync(target with { Secret = null }, anomaly, AlertText.Slack(anomaly), ct),
            _ => PostAsync(target, anomaly, AlertText.Json(anomaly), ct),
        };
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private async Task<string?> PostAsync(ChannelTarget target, Anomaly anomaly, string body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, target.Url) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("User-Agent", WebhookSignatures.UserAgent);
        if (target.Secret is { } secret)
        {
            foreach (var (name, value) in WebhookSignatures.Headers([new WebhookSecret(secret)], anomaly.Id.ToString(), body, clock.Now()))
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        var answer = await client.SendAsync(request, _limits, ct);
        if (!answer.Succeeded) return answer.Failure.Detail;
        return answer.Value.Status is >= 200 and < 300 ? null : string.Create(CultureInfo.InvariantCulture, $"HTTP {answer.Value.Status}");
    }

    private async Task<string?> MailAsync(ChannelTarget target, Anomaly anomaly, CancellationToken ct)
    {
        var sent = await mailer.SendAsync(target.To, new MailContent(AlertText.Subject(anomaly), AlertText.Mail(anomaly)), ct);
        return sent.Succeeded ? null : sent.Failure.Detail;
    }
}
