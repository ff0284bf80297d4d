using Credence.Audit;
using Credence.Events;
using Credence.Organizations;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Passkeys;

/// <summary>A good answer to a challenge, of which the counter has yet to say that it is not the answer of a copy.</summary>
/// <param name="Challenge">What was asked.</param>
/// <param name="Passkey">Which passkey answered, as it was before.</param>
/// <param name="Response">The answer.</param>
/// <param name="SignCount">The authenticator's counter.</param>
/// <param name="BackedUp">Whether the key has been copied to the owner's other devices.</param>
public sealed record PasskeyUse(PasskeyChallenge Challenge, Passkey Passkey, AssertionResponse Response, long SignCount, bool BackedUp);

/// <summary>Somebody proves with a passkey that it is them: a challenge first, then the authenticator's answer to it (WebAuthn 7.2).</summary>
public sealed class UsePasskey(Db db, PasskeyOptions options, TimeProvider clock, ILogger<UsePasskey> log)
{
    /// <summary>Asks <paramref name="challenge"/> of the owner's passkeys that came to be theirs at least in this way.</summary>
    /// <returns>What the browser is told; or that there is no such passkey.</returns>
    public async Task<Result<CeremonyOptions>> BeginAsync(PasskeyChallenge challenge, PasskeyEnrolment least, CancellationToken ct)
    {
        var allowed = await PasskeyStore.ListAsync(db, challenge.Owner, least, ct);
        if (allowed.Count == 0) return PasskeyFailures.NoPasskey;
        await using var tx = await db.BeginAsync(ct);
        await PasskeyStore.AddAsync(tx, challenge, ct);
        await tx.CommitAsync();
        return CeremonyOptions.Get(challenge, allowed, options);
    }

    /// <summary>Asks <paramref name="challenge"/> of whatever passkey the browser has for this server: the answer says whose it is.</summary>
    public async Task<CeremonyOptions> BeginAsync(PasskeyChallenge challenge, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        await PasskeyStore.AddAsync(tx, challenge, ct);
        await tx.CommitAsync();
        return CeremonyOptions.Get(challenge, [], options);
    }

    /// <summary>Spends the challenge and checks the answer to it.</summary>
    /// <param name="id">Which challenge.</param>
    /// <param name="purpose">What it must have been made for.</param>
    /// <param name="subject">With or about what; null where the challenge says.</param>
    /// <param name="response">The answer.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What was proven, to be recorded with what is done because of it; or why nothing was.</returns>
    public async Task<Result<PasskeyUse>> CheckAsync(Id<PasskeyChallenge> id, PasskeyPurpose purpose, string? subject, AssertionResponse response, CancellationToken ct)
    {
        var challenge = await PasskeyStore.ClaimAsync(db, id, purpose, realm: null, subject, clock.Now(), ct);
        if (challenge is null) return PasskeyFailures.ChallengeOver;
        var passkey = await PasskeyStore.FindAsync(db, challenge.Owner.Realm, response.CredentialId, ct);
        if (passkey is null || !IsFor(challenge, passkey, response)) return PasskeyFailures.OtherCredential;
        var result = CheckResponse.OfAssertion(response, passkey, challenge.Value, options);
        return result.Succeeded
            ? new PasskeyUse(challenge, passkey, response, result.Value.SignCount, result.Value.Flags.HasFlag(AuthenticatorFlags.BackedUp))
            : result.Failure;
    }

    /// <summary>Where the challenge was for anybody, the authenticator must have said whose the credential is (WebAuthn 7.2, step 6).</summary>
    private static bool IsFor(PasskeyChallenge challenge, Passkey passkey, AssertionResponse response) =>
        challenge.Owner == PasskeyOwner.AnyPerson ? passkey.Owner.IsPerson && response.UserHandle is not null : passkey.Owner == challenge.Owner;

    /// <summary>Records the use, in the transaction of what is done because of it.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="use">The use.</param>
    /// <param name="about">What was proven: the id of a consent request.</param>
    /// <param name="now">The time.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>False when the counter did not go up; then nothing may come of it.</returns>
    public static async Task<bool> RecordAsync(DbTx tx, PasskeyUse use, string about, DateTimeOffset now, CancellationToken ct)
    {
        var passkey = use.Passkey;
        if (!await PasskeyStore.UseAsync(tx, passkey.Id, use.SignCount, use.BackedUp, now, ct)) return false;
        var asserted = passkey.Event("passkey.asserted", "principal");
        asserted.Data["about"] = about;
        asserted.Data["challenge"] = Convert.ToHexStringLower(use.Challenge.Value);
        await AuditLog.AppendAsync(tx, asserted, now, ct);
        if (passkey.Owner.IsPerson) return true; // no organization is told of it
        await Outbox.AddAsync(
            tx, passkey.Owner.Realm, "fido.assertion",
            json =>
            {
                json.WriteString("credentialId", passkey.Id.ToString());
                json.WriteString("principalId", passkey.Owner.Name);
                json.WriteString("authRequestId", about);
            },
            now, ct);
        return true;
    }

    /// <summary>Records that an answer was good but for its counter: the key may have been copied, and its owner should hear of it.</summary>
    /// <returns>The refusal.</returns>
    public async Task<Failure> RefuseAsync(PasskeyUse use, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var refused = use.Passkey.Event("passkey.refused", "principal");
        refused.Data["signCount"] = use.SignCount.ToString();
        refused.Data["reason"] = "counter";
        await AuditLog.AppendAsync(tx, refused, clock.Now(), ct);
        await tx.CommitAsync();
        Log.PasskeyCounterWentBack(log, use.Passkey.Id.ToString(), use.SignCount);
        return PasskeyFailures.CounterWentBack;
    }
}
