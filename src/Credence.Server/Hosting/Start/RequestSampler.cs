using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Credence.Server.Hosting.Start;

/// <summary>
/// A trace begins with a request and with nothing else: workers look into the database many times a second, and each look would be a trace of its own.
/// What a worker does for a trace that was kept (a webhook's delivery) belongs to that one.
/// </summary>
internal sealed class RequestSampler(Sampler usual) : Sampler
{
    /// <summary>The names that the OpenTelemetry specification has for <c>OTEL_TRACES_SAMPLER</c>.</summary>
    public static readonly string[] Names =
        ["always_on", "always_off", "traceidratio", "parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"];

    /// <summary>The sampler of a name.</summary>
    /// <param name="name">One of <see cref="Names"/>.</param>
    /// <param name="share">Of those that go by a share of the traces: which, from 0 to 1.</param>
    public static Sampler Named(string name, double share) => name switch
    {
        "always_on" => new AlwaysOnSampler(),
        "always_off" => new AlwaysOffSampler(),
        "traceidratio" => new TraceIdRatioBasedSampler(share),
        "parentbased_always_off" => new ParentBasedSampler(new AlwaysOffSampler()),
        "parentbased_traceidratio" => new ParentBasedSampler(new TraceIdRatioBasedSampler(share)),
        _ => new ParentBasedSampler(new AlwaysOnSampler()),
    };

    /// <summary>The request decides; whatever it sets off follows.</summary>
    public override SamplingResult ShouldSample(in SamplingParameters span)
    {
        if (span.Kind == ActivityKind.Server) return usual.ShouldSample(span);
        var follows = span.ParentContext.TraceFlags.HasFlag(ActivityTraceFlags.Recorded);
        return new SamplingResult(follows ? SamplingDecision.RecordAndSample : SamplingDecision.Drop);
    }
}
