using Credence.State;
using Credence.Telemetry;

namespace Credence.OneTimeCodes;

/// <summary>
/// What somebody has proven with a code and has yet to make use of, once: <c>{ns}:session:{token}</c> (contract identity B.1). The key holds the token's
/// SHA-256 in the token's place, as every random secret is kept (design D10): who reads the store cannot use it.
/// </summary>
/// <param name="state">Where it waits.</param>
/// <param name="clock">Tells the time.</param>
public sealed class CodeSessions(ISharedState state, TimeProvider clock)
{
    /// <summary>Keeps what was proven, for <paramref name="life"/>.</summary>
    /// <returns>The token to come back with, and until when.</returns>
    public async Task<Result<(string Token, DateTimeOffset ExpiresAt)>> OpenAsync(CodeNamespace ns, string proven, TimeSpan life, CancellationToken ct)
    {
        var (token, now) = (Secret.New(""), clock.Now());
        return await state.LeaveAsync(Key(ns, token), proven, life, now, ct) ? (token, now + life) : CodeFailures.Unavailable;
    }

    /// <summary>Takes what was proven: of any number of callers one gets it.</summary>
    public async Task<Result<string>> TakeAsync(CodeNamespace ns, string token, CancellationToken ct)
    {
        var taken = await state.TakeAsync(Key(ns, token), clock.Now(), ct);
        if (!taken.Known) return CodeFailures.Unavailable;
        return taken.Value is { } proven ? proven : CodeFailures.Invalid;
    }

    private static string Key(CodeNamespace ns, string token) => $"{ns.Word()}:session:{Secret.Hash(token)}";
}
