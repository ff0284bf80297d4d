using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>The instruments of contract identity, under its names.</summary>
internal sealed class PeopleInstruments(Meter meter)
{
    public Counter<long> SignUps { get; } = meter.CreateCounter<long>("identity_sign_up_total", null, "Sign-ups by result");

    public Counter<long> SignIns { get; } = meter.CreateCounter<long>("identity_sign_in_total", null, "Sign-ins by the sort of identifier and result");

    public Counter<long> Requests { get; } = meter.CreateCounter<long>("identity_http_requests_total", null, "Requests at the people door by method, route and status");

    public Histogram<double> RequestSeconds { get; } = meter.CreateHistogram(
        "identity_http_request_duration_seconds", "s", "How long requests at the people door took, in seconds", null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] });

    public Counter<long> KeysRead { get; } = meter.CreateCounter<long>("identity_jwks_requests_total", null, "Requests for the key set of people's tokens");

    public Counter<long> PolicyChecks { get; } = meter.CreateCounter<long>("identity_policy_checks_total", null, "Questions whether somebody may do something, by the answer");
}
