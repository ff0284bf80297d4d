using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Credence.Audit;
using Credence.Events;
using Credence.Organizations;
using Credence.People;
using Credence.Storage;

namespace Credence.Passkeys;

/// <summary>Who enrols a passkey, and on whose word it becomes somebody's.</summary>
/// <param name="Realm">Within what owners are named.</param>
/// <param name="Enrolment">On whose word.</param>
/// <param name="Subject">What begin and end must have in common: the session; empty for any key of the organization.</param>
/// <param name="Actor">Who the audit log says it was.</param>
public sealed record Enroller(string Realm, PasskeyEnrolment Enrolment, string Subject, string Actor)
{
    /// <summary>A person with an account here, in one of their sessions.</summary>
    public static Enroller Of(PersonCaller caller) => new(PasskeyOwner.People, PasskeyEnrolment.Session, caller.Session.ToString(), caller.Person.ToString());

    /// <summary>An organization, on its own word.</summary>
    public static Enroller Of(ApiCaller caller) => new(caller.Organization.ToString(), PasskeyEnrolment.Key, "", caller.Key.ToString());
}

/// <summary>A passkey becomes somebody's: a challenge first, then the authenticator's answer to it (WebAuthn 7.1).</summary>
public sealed class EnrolPasskey(Db db, PasskeyNotice notice, PasskeyOptions options, TimeProvider clock)
{
    /// <summary>The most passkeys of one owner that came to be theirs in one way; a list longer than this no authenticator need be shown.</summary>
    public const int Most = 20;

    private const int LongestHandle = 64; // WebAuthn 5.4.3

    /// <param name="by">Who enrols.</param>
    /// <param name="owner">For whom.</param>
    /// <param name="relyingParty">How the prompt names who asks.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>What the browser is told; or that the owner has as many as there can be.</returns>
    public Task<Result<CeremonyOptions>> BeginAsync(Enroller by, string owner, string relyingParty, CancellationToken ct) => BeginAsync(by, owner, owner, relyingParty, ct);

    /// <param name="by">Who enrols.</param>
    /// <param name="owner">For whom.</param>
    /// <param name="shownAs">What the authenticator shows them as.</param>
    /// <param name="relyingParty">How the prompt names who asks.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <inheritdoc cref="BeginAsync(Enroller, string, string, CancellationToken)"/>
    public async Task<Result<CeremonyOptions>> BeginAsync(Enroller by, string owner, string shownAs, string relyingParty, CancellationToken ct)
    {
        var now = clock.Now();
        var whose = new PasskeyOwner(by.Realm, owner);
        var there = await PasskeyStore.ListAsync(db, whose, by.Enrolment, ct);
        if (there.Count >= Most) return PasskeyFailures.TooMany;

        var challenge = PasskeyChallenge.New(whose, PasskeyPurpose.Enrol, by.Subject, HandleFor(by, owner, there), now);
        await using var tx = await db.BeginAsync(ct);
        await PasskeyStore.AddAsync(tx, challenge, ct);
        await tx.CommitAsync();
        return CeremonyOptions.Create(challenge, shownAs, relyingParty, by.Enrolment, there, options);
    }

    /// <returns>The passkey; or why there is none. The challenge is spent either way.</returns>
    public async Task<Result<Passkey>> FinishAsync(Enroller by, Id<PasskeyChallenge> id, EnrolmentResponse response, string? deviceName, CancellationToken ct)
    {
        var now = clock.Now();
        var challenge = await PasskeyStore.ClaimAsync(db, id, PasskeyPurpose.Enrol, by.Realm, by.Subject, now, ct);
        if (challenge is null) return PasskeyFailures.ChallengeOver;
        var result = CheckResponse.OfEnrolment(response, challenge.Value, options);
        if (!result.Succeeded) return result.Failure;

        var (made, data, attestation) = result.Value;
        var passkey = new Passkey(
            Id<Passkey>.New(now), challenge.Owner, response.CredentialId, made.PublicKey.ToArray(), data.SignCount, response.Transports, made.Aaguid, attestation,
            deviceName, data.Flags.HasFlag(AuthenticatorFlags.BackupEligible), data.Flags.HasFlag(AuthenticatorFlags.BackedUp), challenge.Details, by.Enrolment,
            now, LastUsedAt: null);

        await using var tx = await db.BeginAsync(ct);
        if (!await PasskeyStore.AddAsync(tx, passkey, ct)) return PasskeyFailures.AlreadyEnrolled;
        await AuditLog.AppendAsync(tx, passkey.Event("passkey.enrolled", by.Actor), now, ct);
        if (!passkey.Owner.IsPerson) await TellAsync(tx, passkey, now, ct);
        await notice.AddAsync(tx, passkey, PasskeyNotice.Added, ct);
        await tx.CommitAsync();
        return passkey;
    }

    private static Task TellAsync(DbTx tx, Passkey passkey, DateTimeOffset now, CancellationToken ct) => Outbox.AddAsync(
        tx, passkey.Owner.Realm, "fido.registered",
        json =>
        {
            json.WriteString("credentialId", passkey.Id.ToString());
            json.WriteString("principalId", passkey.Owner.Name);
            json.WriteString("enrolment", Words.Of(passkey.Enrolment));
        },
        now, ct);

    /// <summary>
    /// With a key, the owner's name as the contract has it. An authenticator keeps one discoverable credential for a handle, so a person's own is random: the
    /// passkey for somebody of that name in another organization stays.
    /// </summary>
    private static string HandleFor(Enroller by, string owner, List<Passkey> there)
    {
        if (by.Enrolment != PasskeyEnrolment.Key) return there.Count > 0 ? there[0].UserHandle : Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(LongestHandle));
        var name = Encoding.UTF8.GetBytes(owner);
        return Base64Url.EncodeToString(name.Length <= LongestHandle ? name : SHA256.HashData(name));
    }
}
