using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Credence.Outgoing;
using Credence.Telemetry;

namespace Credence.Webhooks;

/// <summary>What became of one attempt.</summary>
/// <param name="Delivery">Of which delivery.</param>
/// <param name="Status">What the receiver answered; null when it did not.</param>
/// <param name="Error">Why it failed; null when it arrived.</param>
/// <param name="At">When that was known.</param>
internal sealed record Attempt(Delivery Delivery, int? Status, string? Error, DateTimeOffset At);

/// <summary>One attempt to deliver (contract grantex-core 8, agent-idp B.13, operations O26, O28): a signed POST, of which any 2xx is a success.</summary>
internal sealed class SendDelivery(OutgoingClient client, SecretBox box, WebhookOptions options, TimeProvider clock) : IDisposable
{
    private const string NoSecret = "The secret cannot be decrypted with the server's keys: rotate it";

    private readonly OutgoingLimits _limits = new(options.Timeout, WebhookOptions.LargestAnswer, KeepBody: false);

    /// <summary>Sends it.</summary>
    /// <returns>What became of it; null when <paramref name="ct"/> ended it before that was known.</returns>
    public async Task<Attempt?> RunAsync(Webhook webhook, Delivery delivery, CancellationToken ct)
    {
        var secrets = box.Open(webhook, clock.Now());
        if (secrets.Count == 0) return new Attempt(delivery, null, NoSecret, clock.Now());
        try
        {
            using var span = Tracing.GoOn("webhook.deliver", ActivityKind.Producer, delivery.TraceParent);
            span?.SetTag("webhook.id", webhook.Id.ToString()).SetTag("event.type", delivery.EventType).SetTag("attempt", delivery.Attempts + 1);
            using var request = Request(webhook, delivery, secrets);
            if ((span?.Id ?? delivery.TraceParent) is { } trace) request.Headers.TryAddWithoutValidation("traceparent", trace); // W3C Trace Context 3.2
            var answer = await client.SendAsync(request, _limits, ct);
            if (!answer.Succeeded) return new Attempt(delivery, null, answer.Failure.Detail, clock.Now());
            var status = answer.Value.Status;
            span?.SetTag("http.response.status_code", status);
            var error = status is >= 200 and < 300 ? null : string.Create(CultureInfo.InvariantCulture, $"HTTP {status}");
            return new Attempt(delivery, status, error, clock.Now());
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => client.Dispose();

    private HttpRequestMessage Request(Webhook webhook, Delivery delivery, IReadOnlyList<WebhookSecret> secrets)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(delivery.Body));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = content };
        var style = DeliveryStyle.Of(webhook.Door);
        request.Headers.TryAddWithoutValidation("User-Agent", style.UserAgent);
        foreach (var (name, value) in style.Headers(secrets, delivery, clock.Now()))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }
}
