using Credence.State;
using Credence.Telemetry;

namespace Credence.OneTimeCodes;

/// <summary>Takes back what an identifier was held to before its time is over.</summary>
/// <param name="state">Where it is kept.</param>
/// <param name="clock">Tells the time.</param>
public sealed class ReleaseCodes(ISharedState state, TimeProvider clock)
{
    /// <summary>Gives a request back to the day's quota: what it made could not be delivered (contract identity B.6). While the state is away it is not.</summary>
    public async Task RefundAsync(CodeNamespace ns, string identifier, CancellationToken ct) =>
        await state.UncountAsync(new CodeKeys(ns, identifier).Daily, clock.Now(), ct);

    /// <summary>Opens an identifier that too many wrong codes had shut: what deleting the key by hand does (contract identity A 39, ID-39).</summary>
    /// <returns>Whether it was shut.</returns>
    public async Task<Result<bool>> UnlockAsync(CodeNamespace ns, string identifier, CancellationToken ct) =>
        await state.ForgetAsync(new CodeKeys(ns, identifier).Lock, clock.Now(), ct) is { } was ? was : CodeFailures.Unavailable;
}
