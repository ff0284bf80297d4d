using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;
using Log = Credence.Telemetry.Log;

namespace Credence.OneTimeCodes;

/// <summary>
/// Begins the wait for a code for an identifier, in place of the one it may wait for. Whether anybody has the identifier is not asked: until
/// <see cref="MakeCode"/> made a code for them, none is right (contract identity A 22).
/// </summary>
/// <param name="state">Where codes wait: they outlive the node that made them, and die with their time.</param>
/// <param name="secrets">Makes session tokens.</param>
/// <param name="rules">The rules that hold now.</param>
/// <param name="metrics">Counts requests.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="log">Hears of each, without the identifier (contract identity C.8).</param>
public sealed class RequestCode(ISharedState state, CodeSecrets secrets, CurrentCodeRules rules, Metrics metrics, TimeProvider clock, ILogger<RequestCode> log)
{
    /// <summary>Begins, if lock, cooldown and quota allow it.</summary>
    /// <param name="ns">What it is for.</param>
    /// <param name="identifier">The normalised identifier.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<RequestedCode>> RunAsync(CodeNamespace ns, string identifier, CancellationToken ct)
    {
        var (keys, now, rule) = (new CodeKeys(ns, identifier), clock.Now(), await rules(ct));
        var session = secrets.NewSession(keys);
        var record = CodeRecord.New(secrets.Hash(keys, CodeSecrets.NewImpossible()), session, identifier, now);

        var admission = await CodeGates.AdmitAsync(state, keys, rule, now, ct);
        if (admission.Result == CodeRequestResult.Sent && !await state.RecordAsync(keys.Code, record, rule.CodeLife, now, ct))
        {
            admission = new Admission(CodeRequestResult.Unavailable, default);
        }

        metrics.CodeRequested(ns, admission.Result);
        Log.OtpRequested(log, ns.Word(), Words.Of(admission.Result));
        if (admission.Result != CodeRequestResult.Sent) return CodeFailures.Of(admission.Result, admission.Wait);
        return new RequestedCode(session, now + rule.CodeLife);
    }
}
