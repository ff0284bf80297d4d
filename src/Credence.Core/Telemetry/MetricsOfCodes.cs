namespace Credence.Telemetry;

/// <summary>What is told of one-time codes (contract identity B.6).</summary>
public sealed partial class Metrics
{
    /// <summary>Somebody asked for a code.</summary>
    public void CodeRequested(CodeNamespace ns, CodeRequestResult result) => _codes.Requested(ns, result, times: 1);

    /// <summary>Somebody sent a code.</summary>
    public void CodeVerified(CodeNamespace ns, CodeVerification result) => _codes.Verified(ns, result, times: 1);
}
