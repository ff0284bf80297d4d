using Credence.State;
using Credence.Telemetry;

namespace Credence.OneTimeCodes;

/// <summary>Makes the code that a session waits for, once it is known whose it is; whoever asks sends it on.</summary>
/// <param name="state">Where codes wait.</param>
/// <param name="secrets">Makes codes.</param>
/// <param name="clock">Tells the time.</param>
public sealed class MakeCode(ISharedState state, CodeSecrets secrets, TimeProvider clock)
{
    /// <summary>Makes a code, in place of one that was made for the session before. Guesses that were wrong remain counted.</summary>
    /// <returns>The code; <see cref="CodeFailures.Invalid"/> when nobody waits for it any more.</returns>
    public async Task<Result<string>> RunAsync(CodeNamespace ns, string sessionToken, CodeRecipient recipient, CancellationToken ct)
    {
        if (secrets.Open(ns, sessionToken) is not { } keys) return CodeFailures.Invalid;
        var code = CodeSecrets.NewCode();
        var fields = CodeRecord.For(secrets.Hash(keys, code), recipient);
        return await state.AmendAsync(keys.Code, CodeRecord.Holder(sessionToken), fields, clock.Now(), ct) switch
        {
            true => code,
            false => CodeFailures.Invalid,
            null => CodeFailures.Unavailable,
        };
    }
}
