using Credence.Organizations;
using Credence.Passkeys;
using Credence.Storage;

namespace Credence.Principals;

/// <summary>
/// A person adds and removes passkeys in a session of their own. A link to a session lies about for hours: once there is a passkey to protect, it takes a
/// session that was opened just now (docs/decisions/0028).
/// </summary>
public sealed class OwnPasskeys(Db db, EnrolPasskey enrol, RemovePasskey remove, PasskeyOptions options, TimeProvider clock)
{
    /// <summary>How long a session is fresh.</summary>
    public static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);

    /// <returns>Every passkey of the person, newest first, whether it counts or not.</returns>
    public Task<List<Passkey>> ListAsync(PrincipalSession session, CancellationToken ct) => PasskeyStore.ListAsync(db, session.Owner, PasskeyEnrolment.Key, ct);

    /// <returns>What the browser is told; or that the session is too old, or the person has as many passkeys as there can be.</returns>
    public async Task<Result<CeremonyOptions>> BeginAsync(PrincipalSession session, CancellationToken ct)
    {
        if (await OrganizationStore.FindAsync(db, session.Organization, ct) is not { } organization) return OrganizationFailures.NotFound;
        if (await IsTooOldAsync(session, ct)) return PrincipalFailures.SessionNotFresh;
        return await enrol.BeginAsync(session.Enroller, session.Principal, options.NameOf(organization), ct);
    }

    /// <returns>The passkey; or why there is none.</returns>
    public Task<Result<Passkey>> FinishAsync(PrincipalSession session, Id<PasskeyChallenge> challenge, EnrolmentResponse response, string? name, CancellationToken ct) =>
        enrol.FinishAsync(session.Enroller, challenge, response, name, ct);

    /// <returns>True; or that there is no such passkey, or the session is too old.</returns>
    public async Task<Result<bool>> RemoveAsync(PrincipalSession session, Id<Passkey> id, CancellationToken ct)
    {
        if (await IsTooOldAsync(session, ct)) return PrincipalFailures.SessionNotFresh;
        return await remove.RunAsync(session.Organization.ToString(), session.Principal, id, PrincipalSession.Actor, ct);
    }

    private async Task<bool> IsTooOldAsync(PrincipalSession session, CancellationToken ct) =>
        session.CreatedAt + Fresh <= clock.Now() && (await PasskeyStore.ListAsync(db, session.Owner, PasskeyEnrolment.Session, ct)).Count > 0;
}
