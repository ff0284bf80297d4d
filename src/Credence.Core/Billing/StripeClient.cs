using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Credence.Billing;

/// <summary>The two calls this server makes to Stripe's HTTP API, form-encoded as it wants them.</summary>
public sealed class StripeClient(BillingOptions options, ILogger<StripeClient> log) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = Patience };

    /// <summary>Asks for a page of Stripe's.</summary>
    /// <returns>The page's address; or that billing is not configured, or Stripe did not give one.</returns>
    internal async Task<Result<string>> PageAsync(string path, IEnumerable<KeyValuePair<string, string>> form, CancellationToken ct)
    {
        if (options.SecretKey is not { } key) return BillingFailures.NotConfigured;
        using var request = new HttpRequestMessage(HttpMethod.Post, options.ApiBase + path) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        try
        {
            using var answer = await _http.SendAsync(request, ct);
            var body = await answer.Content.ReadAsByteArrayAsync(ct);
            if (answer.IsSuccessStatusCode && AddressIn(body) is { } address) return address;
            BillingLog.StripeRefused(log, path, $"it answered {(int)answer.StatusCode}");
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            BillingLog.StripeRefused(log, path, error.Message);
        }

        return BillingFailures.StripeAway;
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static string? AddressIn(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("url", out var url) && url.ValueKind == JsonValueKind.String
                ? url.GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
