using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Principals;

/// <summary>A session ends before its time: the organization takes it back, or the person signs out. Every node knows within a second, and a restart forgets nothing.</summary>
public sealed class EndSession(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>The organization takes it back.</summary>
    /// <returns>True; or that there is no such session, or it is over.</returns>
    public Task<Result<bool>> RunAsync(ApiCaller caller, Id<PrincipalSession> id, CancellationToken ct) =>
        EndAsync(caller.Organization, id, caller.Key.ToString(), ct);

    /// <summary>The person signs out.</summary>
    /// <inheritdoc cref="RunAsync"/>
    public Task<Result<bool>> SignOutAsync(PrincipalSession session, CancellationToken ct) =>
        EndAsync(session.Organization, session.Id, PrincipalSession.Actor, ct);

    private async Task<Result<bool>> EndAsync(Id<Organization> organization, Id<PrincipalSession> id, string by, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await EndAsync(tx, organization, id, by, now, ct) is not { } mark) return PrincipalFailures.SessionNotFound;
        await RevocationStore.AddAsync(tx, [mark], ct);
        await tx.CommitAsync();
        revocations.Announce([mark]);
        return true;
    }

    /// <summary>Ends it in the transaction of the change that is the reason.</summary>
    /// <returns>The mark, to be stored last before the commit and announced after it; null when there is no such session, or it is over.</returns>
    internal static async Task<Revocation?> EndAsync(
        DbTx tx, Id<Organization> organization, Id<PrincipalSession> id, string by, DateTimeOffset now, CancellationToken ct)
    {
        if (await PrincipalStore.EndAsync(tx, organization, id, now, ct) is not { } session) return null;
        await AuditLog.AppendAsync(tx, session.Event("principal_session.ended", by), now, ct);
        return Revocation.Of(RevocationKind.PrincipalSession, id.ToString(), session.ExpiresAt.AddSeconds(1));
    }
}
