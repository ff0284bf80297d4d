using System.Net;
using System.Net.Http.Headers;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Doctor;

/// <summary>The collector that traces are sent to, where they are: whether it is there.</summary>
internal static class TracesCheck
{
    private const string Check = "traces";

    /// <summary>Sends it a request without a single span, which is a valid one (OTLP/HTTP).</summary>
    public static async Task RunAsync(SettingValues settings, TimeSpan patience, Examination found, CancellationToken ct)
    {
        if (settings.Of(TelemetrySettings.OtlpEndpoint) is not { } endpoint) return;
        using var http = new HttpClient { Timeout = patience };
        using var nothing = new ByteArrayContent([]);
        nothing.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        string? seen = null;
        try
        {
            using var answer = await http.PostAsync(new Uri($"{endpoint}/v1/traces"), nothing, ct);
            // a refusal may be for want of OTEL_EXPORTER_OTLP_HEADERS, which the exporter alone reads
            if (answer.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or >= HttpStatusCode.InternalServerError) seen = $"it answers {(int)answer.StatusCode}";
        }
        catch (Exception error) when (!ct.IsCancellationRequested && error is HttpRequestException or TaskCanceledException)
        {
            seen = error.Message;
        }

        if (seen is not null)
        {
            found.Found(
                Check, "traces get lost", $"{endpoint}/v1/traces: {seen}", "start the collector with its receiver for OTLP over HTTP (port 4318), or correct OTEL_EXPORTER_OTLP_ENDPOINT, or unset it");
        }

        found.Looked($"traces: {endpoint}");
    }
}
