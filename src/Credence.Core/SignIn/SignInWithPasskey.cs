using Credence.Audit;
using Credence.Passkeys;
using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>
/// A person signs in with a passkey, without saying first who they are: the authenticator knows, and has made sure of its owner, which makes it two factors at once
/// (contract standards 18). An identifier, verified or not, has no part in it.
/// </summary>
public sealed class SignInWithPasskey(Db db, UsePasskey passkeys, BeginSession begin, Metrics metrics, TimeProvider clock, ILogger<SignInWithPasskey> log)
{
    /// <returns>What the browser is told.</returns>
    public Task<CeremonyOptions> BeginAsync(CancellationToken ct) =>
        passkeys.BeginAsync(PasskeyChallenge.New(PasskeyOwner.AnyPerson, PasskeyPurpose.SignIn, subject: "", details: "", clock.Now()), ct);

    /// <returns>A session's first tokens; or one refusal for whatever was wrong. The challenge is spent either way.</returns>
    public async Task<Result<SignedIn>> FinishAsync(Id<PasskeyChallenge> challenge, AssertionResponse response, AuditOrigin origin, CancellationToken ct)
    {
        var signed = await SignInAsync(challenge, response, origin, ct);
        SignInLog.Told(log, metrics, SecondFactor.Passkey, signed.Failure);
        return signed;
    }

    private async Task<Result<SignedIn>> SignInAsync(Id<PasskeyChallenge> challenge, AssertionResponse response, AuditOrigin origin, CancellationToken ct)
    {
        var result = await passkeys.CheckAsync(challenge, PasskeyPurpose.SignIn, subject: "", response, ct);
        if (!result.Succeeded || !PersonId.TryParse(result.Value.Passkey.Owner.Name, out var person)) return SignInFailures.InvalidCredentials;
        var use = result.Value;

        var now = clock.Now();
        var session = PersonSession.New(person, null, origin, Authentication.Passkey(use.Passkey.BackupEligible), now);
        var signed = await begin.PrepareAsync(session, now, ct);
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await UsePasskey.RecordAsync(tx, use, session.Id.ToString(), now, ct))
            {
                if (!await BeginSession.RecordAsync(tx, session, signed, Words.Of(SecondFactor.Passkey), now, ct)) return SignInFailures.InvalidCredentials;
                await tx.CommitAsync();
                return signed;
            }
        }

        await passkeys.RefuseAsync(use, ct);
        return SignInFailures.InvalidCredentials;
    }
}
