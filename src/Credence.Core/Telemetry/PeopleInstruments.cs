using System.Diagnostics.Metrics;

namespace Credence.Telemetry;

/// <summary>The instruments of contract identity, under its names.</summary>
internal sealed class PeopleInstruments(Meter meter)
{
    public Counter<long> SignUps { get; } = meter.CreateCounter<long>("identity_sign_up_total", null, "Sign-ups by result");

    public Counter<long> SignIns { get; } = meter.CreateCounter<long>("identity_sign_in_total", null, "Sign-ins by the sort of identifier and result");

    public Counter<long> KeysRead { get; } = meter.CreateCounter<long>("identity_jwks_requests_total", null, "Requests for the key set of people's tokens");

    public Counter<long> PolicyChecks { get; } = meter.CreateCounter<long>("identity_policy_checks_total", null, "Questions whether somebody may do something, by the answer");
}
