using Credence.Organizations;
using Credence.Passkeys;
using Credence.Principals;
using Credence.Storage;

namespace Credence.Consent;

/// <summary>A person proves with a passkey that it is them who decides a consent request (contract grantex-enterprise 10; design D9). The decision itself comes after.</summary>
public sealed class ProveConsent(Db db, UsePasskey passkeys, TimeProvider clock)
{
    /// <returns>What the browser is told; or that the request is over, needs no passkey, or the person has none that counts.</returns>
    public Task<Result<CeremonyOptions>> BeginAsync(Id<ConsentRequest> id, CancellationToken ct) => BeginAsync(id, person: null, ct);

    /// <param name="id">Which request.</param>
    /// <param name="person">Who is signed in, whose own passkeys are asked; null for those that the organization's principal has there.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <inheritdoc cref="BeginAsync(Id{ConsentRequest}, CancellationToken)"/>
    public async Task<Result<CeremonyOptions>> BeginAsync(Id<ConsentRequest> id, PersonId? person, CancellationToken ct)
    {
        var now = clock.Now();
        if (await ConsentStore.FindAsync(db, id, ct) is not { } request || !request.IsOpen(now)) return ConsentFailures.NotPending;
        if (await OrganizationStore.FindAsync(db, request.Organization, ct) is not { } organization) return ConsentFailures.NotPending;
        if (organization.LeastProof <= ConsentProof.Link) return ConsentFailures.PasskeyNotRequired;

        var owner = person is { } whose ? PasskeyOwner.Of(whose) : new PasskeyOwner(request.Organization.ToString(), request.Principal);
        var challenge = PasskeyChallenge.For(ConsentStatement.Write(request), owner, PasskeyPurpose.Consent, request.Id.ToString(), now);
        return await passkeys.BeginAsync(challenge, organization.PasskeyEnrolment, ct);
    }

    /// <inheritdoc cref="FinishAsync(Id{PasskeyChallenge}, AssertionResponse, Id{ConsentRequest}?, PersonId?, CancellationToken)"/>
    public Task<Result<Id<ConsentRequest>>> FinishAsync(Id<PasskeyChallenge> challenge, AssertionResponse response, Id<ConsentRequest>? expected, CancellationToken ct) =>
        FinishAsync(challenge, response, expected, person: null, ct);

    /// <param name="challenge">Which challenge.</param>
    /// <param name="response">The answer to it.</param>
    /// <param name="expected">The request that it must be for; null where the challenge says.</param>
    /// <param name="person">Who is signed in, if anybody is: the passkey may be theirs then, and nobody else's who has an account.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The request that is proven, for five minutes; or why it is not. The challenge is spent either way.</returns>
    public async Task<Result<Id<ConsentRequest>>> FinishAsync(
        Id<PasskeyChallenge> challenge, AssertionResponse response, Id<ConsentRequest>? expected, PersonId? person, CancellationToken ct)
    {
        var result = await passkeys.CheckAsync(challenge, PasskeyPurpose.Consent, expected?.ToString(), response, ct);
        if (!result.Succeeded) return result.Failure;
        var use = result.Value;
        var request = Id<ConsentRequest>.Parse(use.Challenge.Subject);

        var now = clock.Now();
        await using (var tx = await db.BeginAsync(ct))
        {
            if (await ConsentStore.FindAsync(tx, request, ct) is not { } asked) return ConsentFailures.OverMeanwhile;
            if (!await CountsAsync(tx, use.Passkey, asked, person, ct)) return PasskeyFailures.OtherCredential;
            if (await UsePasskey.RecordAsync(tx, use, request.ToString(), now, ct))
            {
                if (!await ConsentStore.ProveAsync(tx, request, now, ct)) return ConsentFailures.OverMeanwhile;
                await ConsentEvidence.KeepAsync(tx, asked, use, now, ct);
                await tx.CommitAsync();
                return request;
            }
        }

        return await passkeys.RefuseAsync(use, ct);
    }

    /// <summary>Whether it is a passkey of whoever the request asks: the organization's rule for its own may have become stricter, and the name may mean another account.</summary>
    private static async Task<bool> CountsAsync(DbTx tx, Passkey passkey, ConsentRequest asked, PersonId? person, CancellationToken ct)
    {
        if (passkey.Owner.IsPerson)
        {
            return person is { } signedIn && passkey.Owner == PasskeyOwner.Of(signedIn)
                && await AccountPrincipals.MayMeanAsync(tx, asked.Organization, asked.Principal, signedIn, ct);
        }

        return passkey.Owner.Realm == asked.Organization.ToString()
            && await OrganizationStore.FindAsync(tx, asked.Organization, ct) is { } organization && passkey.Enrolment >= organization.PasskeyEnrolment;
    }
}
