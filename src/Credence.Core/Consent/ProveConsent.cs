using Credence.Organizations;
using Credence.Passkeys;
using Credence.Storage;

namespace Credence.Consent;

/// <summary>A person proves with a passkey that it is them who decides a consent request (contract grantex-enterprise 10; design D9). The decision itself comes after.</summary>
public sealed class ProveConsent(Db db, UsePasskey passkeys, TimeProvider clock)
{
    /// <returns>What the browser is told; or that the request is over, needs no passkey, or the person has none that counts.</returns>
    public async Task<Result<CeremonyOptions>> BeginAsync(Id<ConsentRequest> id, CancellationToken ct)
    {
        var now = clock.Now();
        if (await ConsentStore.FindAsync(db, id, ct) is not { } request || !request.IsOpen(now)) return ConsentFailures.NotPending;
        if (await OrganizationStore.FindAsync(db, request.Organization, ct) is not { } organization) return ConsentFailures.NotPending;
        if (organization.LeastProof <= ConsentProof.Link) return ConsentFailures.PasskeyNotRequired;

        var owner = new PasskeyOwner(request.Organization.ToString(), request.Principal);
        var challenge = PasskeyChallenge.For(ConsentStatement.Write(request), owner, PasskeyPurpose.Consent, request.Id.ToString(), now);
        return await passkeys.BeginAsync(challenge, organization.PasskeyEnrolment, ct);
    }

    /// <param name="challenge">Which challenge.</param>
    /// <param name="response">The answer to it.</param>
    /// <param name="expected">The request that it must be for; null where the challenge says.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The request that is proven, for five minutes; or why it is not. The challenge is spent either way.</returns>
    public async Task<Result<Id<ConsentRequest>>> FinishAsync(
        Id<PasskeyChallenge> challenge, AssertionResponse response, Id<ConsentRequest>? expected, CancellationToken ct)
    {
        var result = await passkeys.CheckAsync(challenge, PasskeyPurpose.Consent, expected?.ToString(), response, ct);
        if (!result.Succeeded) return result.Failure;
        var use = result.Value;
        var request = Id<ConsentRequest>.Parse(use.Challenge.Subject);

        var now = clock.Now();
        await using (var tx = await db.BeginAsync(ct))
        {
            var organization = await OrganizationStore.FindAsync(tx, Id<Organization>.Parse(use.Passkey.Owner.Realm), ct);
            if (organization is null || use.Passkey.Enrolment < organization.PasskeyEnrolment) return PasskeyFailures.OtherCredential; // the rule became stricter
            if (await UsePasskey.RecordAsync(tx, use, request.ToString(), now, ct))
            {
                if (!await ConsentStore.ProveAsync(tx, request, now, ct)) return ConsentFailures.OverMeanwhile;
                await ConsentEvidence.KeepAsync(tx, request, use, now, ct);
                await tx.CommitAsync();
                return request;
            }
        }

        return await passkeys.RefuseAsync(use, ct);
    }
}
