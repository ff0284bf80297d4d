using System.Net;
using Credence.Server.Hosting.Start;

namespace Credence.Server.Hosting.Settings;

/// <summary>What the server tells about itself.</summary>
internal static class TelemetrySettings
{
    public static readonly Setting<string> LogFormat = new("LOG_FORMAT", Forms.OneOf("json", "logfmt", "text"))
    {
        Aliases = ["APP_ENV_LOG_FORMAT"],
        Form = "json, logfmt or text",
        Default = "`json`; `text` in development",
        DefaultFrom = values => values.Of(ProcessSettings.Environment) == Deployment.Development ? "text" : "json",
        About = "How log lines on standard output are written.",
    };

    public static readonly Setting<LogLevel> Level = new("LOG_LEVEL", ParseLevel)
    {
        Aliases = ["APP_ENV_LOG_LEVEL"],
        Form = "trace, debug, info, warn, error or fatal",
        Default = "info",
        About = "The least important lines that are written.",
    };

    public static readonly Setting<bool> MetricsEnabled = new("METRICS_ENABLED", Forms.Flag)
    {
        Form = "true or false",
        Default = "true",
        About = "Whether `/metrics` is served.",
    };

    public static readonly Setting<string?> MetricsApiKey = new("METRICS_API_KEY", Forms.ApiKey)
    {
        OrFile = true,
        Form = "16 to 512 characters without white space",
        About = "The bearer that `/metrics` demands. Unset: none.",
        Mask = Masks.Whole,
    };

    public static readonly Setting<IPEndPoint?> MetricsBind = new("METRICS_BIND", Forms.EndPoint)
    {
        Form = "host:port",
        About = "A private listener that serves `/metrics` instead of the public one.",
    };

    public static readonly Setting<string?> OtlpEndpoint = new("OTEL_EXPORTER_OTLP_ENDPOINT", Forms.HttpAddress)
    {
        Form = "an http or https address; `/v1/traces` is appended",
        About = "Where traces are sent (OTLP over HTTP). Unset: tracing is off.",
    };

    public static readonly Setting<string> ServiceName = new("OTEL_SERVICE_NAME", Forms.Text)
    {
        Form = "text",
        Default = "credence",
        About = "What traces call this server (`service.name`).",
    };

    public static readonly Setting<string> TraceSampler = new("OTEL_TRACES_SAMPLER", Forms.OneOf(RequestSampler.Names))
    {
        Form = string.Join(", ", RequestSampler.Names),
        Default = "parentbased_always_on",
        About = "Which requests are traced: all, none or a share; with `parentbased_` a caller who sent a `traceparent` decides for its own requests.",
    };

    public static readonly Setting<double> TraceShare = new("OTEL_TRACES_SAMPLER_ARG", Forms.Share)
    {
        Form = "a number from 0 to 1",
        Default = "1",
        About = "Which share of the traces the samplers named `traceidratio` take.",
    };

    public static readonly SettingGroup Group = new("Logs, metrics, traces", [LogFormat, Level, MetricsEnabled, MetricsApiKey, MetricsBind, OtlpEndpoint, ServiceName, TraceSampler, TraceShare]);

    private static LogLevel ParseLevel(string text) => text switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" => LogLevel.Critical,
        _ => throw new FormatException("must be trace, debug, info, warn, error or fatal"),
    };
}
