using Credence.SecondFactors;

namespace Credence.SignIn;

/// <summary>Looks at a second factor, as often as somebody may be wrong: their failures are counted as those of passwords are, on all nodes together, whatever it is shown for.</summary>
public sealed class TryFactor(ProveFactor prove, FailedAttempts attempts, TimeProvider clock)
{
    /// <param name="person">Whose.</param>
    /// <param name="proof">What is shown.</param>
    /// <param name="subject">What a passkey was asked for.</param>
    /// <param name="network">Whose failures are counted together.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What is to be taken with what is done because of it; or that it is wrong, or too early to try again.</returns>
    public async Task<Result<ProvenFactor>> RunAsync(PersonId person, FactorProof proof, string subject, string network, CancellationToken ct)
    {
        var now = clock.Now();
        ProvenFactor? proven = null;
        var refused = await attempts.GuardAsync($"second factor:{person}", network, now, VerifyAsync, ct);
        if (refused is null) return proven!;
        return refused == SignInFailures.InvalidCredentials ? SecondFactorFailures.Invalid : refused;

        async Task<Result<bool>> VerifyAsync()
        {
            proven = await prove.RunAsync(person, proof, subject, now, ct);
            return proven is not null;
        }
    }
}
