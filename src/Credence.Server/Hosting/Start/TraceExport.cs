using Credence.Server.Hosting.Settings;
using Credence.Telemetry;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Credence.Server.Hosting.Start;

/// <summary>Sends spans over OTLP/HTTP; off unless <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is set (contract operations O11).</summary>
internal sealed class TraceExport(SettingValues settings) : IDisposable
{
    private const int FlushMilliseconds = 1000;

    private TracerProvider? _provider;

    /// <summary>Begins to listen to spans.</summary>
    public void Start()
    {
        if (settings.Of(TelemetrySettings.OtlpEndpoint) is not { } endpoint) return;
        _provider = Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService(settings.Of(TelemetrySettings.ServiceName)))
            .SetSampler(new RequestSampler(RequestSampler.Named(settings.Of(TelemetrySettings.TraceSampler), settings.Of(TelemetrySettings.TraceShare))))
            .AddSource("Microsoft.AspNetCore", "System.Net.Http", "Npgsql", Tracing.SourceName)
            .AddProcessor(new TagFilter()) // before the exporter
            .AddOtlpExporter(otlp =>
            {
                otlp.Protocol = OtlpExportProtocol.HttpProtobuf;
                otlp.Endpoint = new Uri(endpoint + "/v1/traces");
            })
            .Build();
    }

    /// <summary>Sends what waits, for up to a second.</summary>
    public void Dispose()
    {
        _provider?.ForceFlush(FlushMilliseconds);
        _provider?.Dispose();
    }
}
