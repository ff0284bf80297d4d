using Credence.Organizations;
using Credence.Passkeys;
using Credence.Storage;

namespace Credence.SecondFactors;

/// <summary>Looks whether a second factor is somebody's, and right. It changes nothing but a passkey's challenge; how often it may be tried is the caller's to say.</summary>
public sealed class ProveFactor(Db db, TotpBox box, UsePasskey passkeys)
{
    /// <summary>Asks for one of somebody's passkeys.</summary>
    /// <param name="person">Whose.</param>
    /// <param name="subject">What the answer will be good for: one sign-in.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What the browser is told; or that they have none.</returns>
    public Task<Result<CeremonyOptions>> AskPasskeyAsync(PersonId person, string subject, DateTimeOffset now, CancellationToken ct) => passkeys.BeginAsync(
        PasskeyChallenge.New(PasskeyOwner.Of(person), PasskeyPurpose.SecondFactor, subject, details: "", now), PasskeyEnrolment.Session, ct);

    /// <returns>What is to be taken; null when it is not right.</returns>
    public async Task<ProvenFactor?> RunAsync(PersonId person, FactorProof proof, string subject, DateTimeOffset now, CancellationToken ct) => proof switch
    {
        FactorProof.Code { Factor: SecondFactor.Totp } code => await OfAppAsync(person, code.Typed, now, ct),
        FactorProof.Code { Factor: SecondFactor.RecoveryCode } code => await KeptAsync(person, RecoveryCodes.Hash(person, code.Typed), ct),
        FactorProof.Passkey passkey => await OfPasskeyAsync(person, passkey, subject, ct),
        _ => null,
    };

    private async Task<ProvenFactor?> OfAppAsync(PersonId person, string typed, DateTimeOffset now, CancellationToken ct) =>
        await TotpStore.FindAsync(db, person, ct) is { ConfirmedAt: not null } secret && box.Match(secret, typed, now) is { } step ? new ProvenFactor.Step(person, step) : null;

    private async Task<ProvenFactor?> KeptAsync(PersonId person, string hash, CancellationToken ct) =>
        await RecoveryCodes.IsThereAsync(db, person, hash, ct) ? new ProvenFactor.Kept(person, hash) : null;

    private async Task<ProvenFactor?> OfPasskeyAsync(PersonId person, FactorProof.Passkey proof, string subject, CancellationToken ct)
    {
        var used = await passkeys.CheckAsync(proof.Challenge, PasskeyPurpose.SecondFactor, subject, proof.Response, ct);
        return used.Succeeded && used.Value.Passkey.Owner == PasskeyOwner.Of(person) ? new ProvenFactor.Key(person, used.Value) : null;
    }
}
