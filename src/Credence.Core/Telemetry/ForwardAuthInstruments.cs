using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>The instruments of contract forward-auth FA-1 to FA-3, under its names.</summary>
internal sealed class ForwardAuthInstruments(Meter meter)
{
    private static readonly InstrumentAdvice<double> VerifyBuckets = new() { HistogramBucketBoundaries = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05] };

    private readonly Counter<long> _registered = meter.CreateCounter<long>("auth_register_total", null, "Registrations at the forward-auth door by result");
    private readonly Counter<long> _loggedIn = meter.CreateCounter<long>("auth_login_total", null, "Logins at the forward-auth door by result");
    private readonly Counter<long> _verified = meter.CreateCounter<long>("auth_verify_total", null, "Tokens that proxies asked about by result");
    private readonly Histogram<double> _verifySeconds = meter.CreateHistogram("auth_verify_duration_seconds", "s", "How long such a question took", null, VerifyBuckets);

    /// <summary>Makes every series visible at 0.</summary>
    public void Prime()
    {
        foreach (var result in new[] { "created", "conflict", "invalid", "limited", "error" }) Registered(result, times: 0);
        foreach (var result in new[] { "ok", "bad_credentials", "invalid", "limited", "legacy", "error" }) LoggedIn(result, times: 0);
        foreach (var result in new[] { "ok", "missing", "invalid", "expired", "error" }) Verified(result, times: 0);
    }

    public void Registered(string result, int times) => _registered.Add(times, new KeyValuePair<string, object?>("result", result));

    public void LoggedIn(string result, int times) => _loggedIn.Add(times, new KeyValuePair<string, object?>("result", result));

    public void Verified(string result, int times) => _verified.Add(times, new KeyValuePair<string, object?>("result", result));

    public void VerifyTook(TimeSpan took) => _verifySeconds.Record(took.TotalSeconds);
}
