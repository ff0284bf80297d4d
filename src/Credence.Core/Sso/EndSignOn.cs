using Credence.Audit;
using Credence.Organizations;
using Credence.Principals;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>An organization signs somebody off: the session that their sign-on opened ends with it, on every node within a second.</summary>
public sealed class EndSignOn(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>True; or that there is no such sign-on, or it is over.</returns>
    public async Task<Result<bool>> RunAsync(ApiCaller caller, Id<SsoSession> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await SsoSessionStore.FindAsync(tx, caller.Organization, id, now, ct) is not { } session) return SsoFailures.SessionNotFound;
        if (!await SsoSessionStore.DeleteAsync(tx, id, ct)) return SsoFailures.SessionNotFound;
        var marks = await EndEachAsync(tx, [session], caller.Key.ToString(), now, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return true;
    }

    /// <summary>Ends what some sign-ons opened. It stores the marks as well, so it comes last before the commit.</summary>
    /// <returns>The marks, to be announced once they are committed.</returns>
    internal static async Task<List<Revocation>> EndEachAsync(DbTx tx, IReadOnlyList<SsoSession> sessions, string by, DateTimeOffset now, CancellationToken ct)
    {
        var marks = new List<Revocation>();
        foreach (var session in sessions)
        {
            await AuditLog.AppendAsync(tx, session.Event("sso_session.ended", by), now, ct);
            if (session.PrincipalSession is { } opened && await EndSession.EndAsync(tx, session.Organization, opened, by, now, ct) is { } mark) marks.Add(mark);
        }

        if (marks.Count > 0) await RevocationStore.AddAsync(tx, marks, ct);
        return marks;
    }
}
