using System.Security.Cryptography;
using System.Text;
using Credence.Server.Hosting;
using Credence.Server.Hosting.Requests;
using Credence.Server.Hosting.Settings;
using Credence.Server.Operations.Prometheus;
using Credence.Telemetry;
using Microsoft.Net.Http.Headers;

namespace Credence.Server.Operations;

/// <summary><c>/metrics</c> (contract operations O39, design D15): 10 a minute for each address, and a bearer where one is set.</summary>
internal sealed class MetricsApi(
    Scrape scrape, Metrics metrics, RateLimits limits, SettingValues settings, ILogger<MetricsApi> log)
{
    private const int MostAMinute = 10;
    private const string Prefix = "Bearer ";
    private static readonly TimeSpan GaugeWait = TimeSpan.FromSeconds(2);

    private readonly byte[]? _keyHash = settings.Of(TelemetrySettings.MetricsApiKey) is { } key ? SHA256.HashData(Encoding.UTF8.GetBytes(key)) : null;

    /// <summary>Answers with all series as Prometheus text 0.0.4.</summary>
    public async Task ScrapeAsync(HttpContext context)
    {
        if (!await AdmitAsync(context)) return;
        if (_keyHash is not null && !IsBearer(context.Request.Headers[HeaderNames.Authorization].ToString()))
        {
            context.Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
            await Answer.ErrorAsync(context, StatusCodes.Status401Unauthorized, "A valid metrics key is required", "UNAUTHORIZED");
            return;
        }

        await Task.WhenAll(metrics.RefreshStoresAsync(context.RequestAborted), RefreshGaugesAsync(context.RequestAborted));
        await Answer.BytesAsync(context, StatusCodes.Status200OK, scrape.Write(), "text/plain; version=0.0.4; charset=utf-8");
    }

    private async Task<bool> AdmitAsync(HttpContext context)
    {
        if (await limits.CountAddressAsync(context, "GET:/metrics", MostAMinute) is not { } seconds) return true;
        await Answer.ErrorAsync(
            context, StatusCodes.Status429TooManyRequests, $"Too many scrapes from this address, retry in {seconds} seconds", "BAD_REQUEST");
        return false;
    }

    /// <summary>Compares hashes, so that neither time nor length tells anything of the key.</summary>
    private bool IsBearer(string header) =>
        header.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        && CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(header[Prefix.Length..].Trim())), _keyHash);

    private async Task RefreshGaugesAsync(CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(GaugeWait);
        try
        {
            await metrics.RefreshAsync(bound.Token);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            HostLog.GaugeFailed(log, error);
        }
    }
}
