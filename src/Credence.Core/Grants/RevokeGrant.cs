using Credence.Audit;
using Credence.Events;
using Credence.Organizations;
using Credence.Revocations;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.Grants;

/// <summary>A grant is taken back, and with it every grant delegated from it.</summary>
public sealed class RevokeGrant(Db db, RevocationIndex revocations, Metrics metrics, TimeProvider clock, ILogger<RevokeGrant> log)
{
    /// <param name="organization">Whose grant it must be.</param>
    /// <param name="id">Which grant.</param>
    /// <param name="by">Who takes it back: an API key's id, <c>principal</c>, or what the server noticed.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many grants ended; or that there is no such grant, or it was over.</returns>
    public async Task<Result<int>> RunAsync(Id<Organization> organization, Id<Grant> id, string by, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var grant = await GrantStore.HoldTreeAsync(tx, organization, id, ct);
        if (grant is not { Status: GrantStatus.Active }) return GrantFailures.NotFound;

        var ended = await EndAsync(tx, grant, by, now, ct);
        var marks = Marks(ended);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        Announce(grant, ended, marks, by);
        return ended.Count;
    }

    /// <summary>Ends a grant and its descendants inside the caller's transaction, with their audit entries and the event of the topmost.</summary>
    /// <returns>What ended. After the commit the caller announces it.</returns>
    internal static async Task<List<Grant>> EndAsync(DbTx tx, Grant grant, string by, DateTimeOffset now, CancellationToken ct)
    {
        var ended = await GrantStore.RevokeTreeAsync(tx, grant.Id, now, ct);
        foreach (var one in ended)
        {
            await AuditLog.AppendAsync(
                tx,
                new AuditEvent(one.Organization.ToString(), "grant.revoked", by, one.Id.ToString())
                {
                    Data = new() { ["agent"] = one.Agent.ToString(), ["principal"] = one.Principal, ["revokedWith"] = grant.Id.ToString() },
                },
                now, ct);
        }

        if (ended.Count == 0) return ended;
        await Outbox.AddAsync(
            tx, grant.Organization.ToString(), "grant.revoked",
            data =>
            {
                data.WriteString("grantId", grant.Id.ToString());
                data.WriteBoolean("cascade", ended.Count > 1);
            },
            now, ct);
        return ended;
    }

    /// <summary>The marks that make the tokens of <paramref name="ended"/> void; the caller stores them last before the commit.</summary>
    internal static List<Revocation> Marks(IEnumerable<Grant> ended) =>
        [.. ended.Select(grant => Revocation.Of(RevocationKind.Grant, grant.Id.ToString(), grant.ExpiresAt.AddSeconds(1)))];

    /// <summary>Makes it known here and on the other nodes, once it is committed.</summary>
    internal void Announce(Grant top, List<Grant> ended, IReadOnlyCollection<Revocation> marks, string by)
    {
        revocations.Announce(marks);
        metrics.GrantsRevoked(ended.Count);
        Log.GrantRevoked(log, top.Id.ToString(), by, ended.Count - 1);
    }
}
