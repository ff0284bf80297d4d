using Credence.State;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;
using Log = Credence.Telemetry.Log;

namespace Credence.OneTimeCodes;

/// <summary>Takes a code that came back (contract identity B.6).</summary>
/// <param name="state">Where codes wait.</param>
/// <param name="secrets">Knows codes and session tokens again.</param>
/// <param name="rules">The rules that hold now.</param>
/// <param name="metrics">Counts verifications.</param>
/// <param name="clock">Tells the time.</param>
/// <param name="log">Hears of refusals, without the identifier (contract identity C.8).</param>
public sealed class VerifyCode(ISharedState state, CodeSecrets secrets, CurrentCodeRules rules, Metrics metrics, TimeProvider clock, ILogger<VerifyCode> log)
{
    /// <summary>Takes the code if it is the right one: of any number of callers one gets it.</summary>
    public async Task<Result<VerifiedCode>> RunAsync(CodeNamespace ns, string sessionToken, string code, CancellationToken ct)
    {
        var verified = await TryAsync(ns, sessionToken, code, ct);
        if (verified.Failure is { Kind: FailureKind.Unavailable }) return verified;

        var result = verified switch
        {
            { Succeeded: true } => CodeVerification.Ok,
            { Failure.Kind: FailureKind.Locked } => CodeVerification.Locked,
            _ => CodeVerification.Invalid,
        };
        metrics.CodeVerified(ns, result);
        if (!verified.Succeeded) Log.OtpRefused(log, ns.Word(), Words.Of(result));
        return verified;
    }

    private async Task<Result<VerifiedCode>> TryAsync(CodeNamespace ns, string sessionToken, string code, CancellationToken ct)
    {
        var (now, rule) = (clock.Now(), await rules(ct));
        if (secrets.Open(ns, sessionToken) is not { } keys) return await state.PingAsync(ct) ? CodeFailures.Invalid : CodeFailures.Unavailable;

        var locked = await state.LeftAsync(keys.Lock, now, ct);
        if (!locked.Known) return CodeFailures.Unavailable;
        if (locked.Left is { } left) return CodeFailures.Locked(CodeGates.Wait(left, rule.Lock));

        // from here on a caller who hangs up changes nothing, or the last wrong guess could be made without shutting the identifier
        var guess = CodeRecord.Guess(secrets.Hash(keys, code), sessionToken, rule.Attempts);
        var guessed = await state.GuessAsync(keys.Code, guess, now, CancellationToken.None);
        if (guessed.Outcome == GuessOutcome.Last) await LockAsync(keys, rule, now);
        return guessed switch
        {
            { Outcome: GuessOutcome.Right } => new VerifiedCode(keys.Identifier, CodeRecord.Recipient(guessed.Fields!)),
            { Outcome: GuessOutcome.Away } => CodeFailures.Unavailable,
            _ => CodeFailures.Invalid,
        };
    }

    /// <summary>
    /// The record is gone by now, in the step that counted the last wrong guess: however this ends, there is no further guess at that code. Where the
    /// state is lost between the two, the write waits for it to come back.
    /// </summary>
    private async Task LockAsync(CodeKeys keys, CodeRules rule, DateTimeOffset now)
    {
        var shut = await state.ClaimAsync(keys.Lock, rule.Lock, now, CancellationToken.None);
        if (!shut.Known) state.Put(keys.Lock, "1", rule.Lock);
        Log.OtpLocked(log, keys.Namespace.Word());
    }
}
