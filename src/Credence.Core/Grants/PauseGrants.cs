using Credence.Agents;
using Credence.Audit;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Grants;

/// <summary>
/// Stops the grants of agents for now, with everything delegated from them: no token of theirs counts until an organization resumes them
/// (decision 0024).
/// </summary>
public static class PauseGrants
{
    /// <summary>Pauses every live grant of <paramref name="agents"/> in the caller's transaction, with an audit entry each.</summary>
    /// <param name="tx">The transaction; the caller stores <see cref="Marks"/> last before its commit, and announces them after it.</param>
    /// <param name="organization">Whose grants they must be.</param>
    /// <param name="agents">Which agents.</param>
    /// <param name="by">Who is recorded as having paused them.</param>
    /// <param name="now">When.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The grants that stopped counting.</returns>
    public static async Task<List<Grant>> RunAsync(
        DbTx tx, Id<Organization> organization, IEnumerable<Id<Agent>> agents, string by, DateTimeOffset now, CancellationToken ct)
    {
        var paused = new List<Grant>();
        var stoppedWith = new Dictionary<Id<Grant>, Grant>();
        foreach (var held in await GrantStore.HeldByAsync(tx, organization, agents, ct))
        {
            if (stoppedWith.TryGetValue(held.Id, out var above) && above.Agent == held.Agent) continue; // what an agent passed on to itself resumes with the rest
            await GrantStore.HoldTreeAsync(tx, held.Organization, held.Id, ct);
            var stopped = await GrantStore.PauseTreeAsync(tx, held.Id, now, ct);
            paused.AddRange(stopped);
            foreach (var grant in stopped)
            {
                stoppedWith[grant.Id] = held;
                await AuditLog.AppendAsync(
                    tx,
                    new AuditEvent(grant.Organization.ToString(), "grant.paused", by, grant.Id.ToString())
                    {
                        Data = new() { ["agent"] = grant.Agent.ToString(), ["pausedWith"] = held.Id.ToString() },
                    },
                    now, ct);
            }
        }

        return paused;
    }

    /// <summary>The marks that make the tokens of <paramref name="paused"/> void until they are lifted.</summary>
    public static List<Revocation> Marks(IEnumerable<Grant> paused) =>
        [.. paused.Select(grant => Revocation.Of(RevocationKind.Grant, grant.Id.ToString(), grant.ExpiresAt.AddSeconds(1)))];
}

/// <summary>An organization lets a paused grant go on, with what was delegated from it and is not paused for another reason.</summary>
public sealed class ResumeGrant(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>The grant as it is now; or that there is none, it is over, or it is not paused.</returns>
    public async Task<Result<Grant>> RunAsync(ApiCaller caller, Id<Grant> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var grant = await GrantStore.HoldTreeAsync(tx, caller.Organization, id, ct);
        if (grant is not { Status: GrantStatus.Active } || grant.ExpiresAt <= now) return GrantFailures.NotFound;
        if (grant.PausedAt is null) return grant.IsPaused ? GrantFailures.PausedAbove : GrantFailures.NotPaused;

        var resumed = await GrantStore.ResumeTreeAsync(tx, id, ct);
        await AuditLog.AppendAsync(tx, caller.Act("grant.resumed", id.ToString()), now, ct);
        List<Revocation> marks = [.. resumed.Select(one => Revocation.Lift(RevocationKind.Grant, one.Id.ToString(), one.ExpiresAt.AddSeconds(1)))];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return grant with { PausedAt = null, Pauses = grant.Pauses - 1 };
    }
}
