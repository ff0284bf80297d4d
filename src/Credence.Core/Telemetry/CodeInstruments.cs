using System.Diagnostics.Metrics;
using Credence.Storage;

namespace Credence.Telemetry;

/// <summary>The instruments of one-time codes, under the names of contract identity B.6.</summary>
internal sealed class CodeInstruments(Meter meter)
{
    private readonly Counter<long> _requests = meter.CreateCounter<long>("identity_otp_requests_total", null, "Requests for one-time codes by namespace and result");
    private readonly Counter<long> _verifications = meter.CreateCounter<long>(
        "identity_otp_verifications_total", null, "One-time codes that were sent in, by namespace and result");

    /// <summary>Makes every series visible at 0.</summary>
    public void Prime()
    {
        foreach (var ns in Enum.GetValues<CodeNamespace>())
        {
            foreach (var result in Enum.GetValues<CodeRequestResult>()) Requested(ns, result, times: 0);
            foreach (var result in Enum.GetValues<CodeVerification>()) Verified(ns, result, times: 0);
        }
    }

    public void Requested(CodeNamespace ns, CodeRequestResult result, int times) =>
        _requests.Add(times, new("namespace", ns.Word()), new("result", Words.Of(result)));

    public void Verified(CodeNamespace ns, CodeVerification result, int times) =>
        _verifications.Add(times, new("namespace", ns.Word()), new("result", Words.Of(result)));
}
