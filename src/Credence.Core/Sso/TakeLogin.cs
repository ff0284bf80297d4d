using Credence.State;

namespace Credence.Sso;

/// <summary>Finds the login that a callback belongs to; of any number of callbacks of one login, one gets it.</summary>
public sealed class TakeLogin(StateSeal seal, ISharedState state, TimeProvider clock)
{
    /// <summary>What the state says; null when it was not made here or is too old.</summary>
    internal LoginState? Read(string text) => seal.Read(text, clock.Now());

    /// <summary>What was left for the callback, for the first who asks.</summary>
    internal async Task<Result<LoginRequest>> RunAsync(LoginState login, CancellationToken ct)
    {
        var taken = await state.TakeAsync(LoginRequest.Key(login.OidcRequestId), clock.Now(), ct);
        if (!taken.Known) return SsoFailures.StateAway;
        return taken.Value is { } json ? LoginRequest.Parse(json) : SsoFailures.StateInvalid;
    }
}
