using Credence.Agents;
using Credence.Audit;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Delegations;

/// <summary>A delegation is taken back, and with it everything that continues it (contract agent-idp AE-38).</summary>
public sealed class RevokeDelegation(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>How many ended; none when they had been ended before, which is no refusal.</returns>
    public async Task<Result<int>> RunAsync(AgentCaller caller, Id<Delegation> id, CancellationToken ct)
    {
        var now = clock.Now();
        var found = await DelegationStore.FindAsync(db, id, ct);
        if (found is null || (!caller.IsOperator && found.Organization != caller.Organization)) return DelegationFailures.NotFound;
        if (!caller.IsOperator && found.Delegator != caller.Agent) return DelegationFailures.NotDelegator;

        await using var tx = await db.BeginAsync(ct);
        var marks = await EndAsync(tx, [found], caller.Agent.ToString(), now, ct);
        if (marks.Count == 0) return 0;
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return marks.Count;
    }

    /// <summary>Ends everything an agent gave or received, inside the caller's transaction.</summary>
    /// <returns>The marks that the caller stores last before its commit and announces after it.</returns>
    public static async Task<List<Revocation>> EndAllOfAsync(DbTx tx, Id<Agent> agent, string by, DateTimeOffset now, CancellationToken ct) =>
        await EndAsync(tx, await DelegationStore.WithAsync(tx, agent, now, ct), by, now, ct);

    private static async Task<List<Revocation>> EndAsync(DbTx tx, IReadOnlyList<Delegation> tops, string by, DateTimeOffset now, CancellationToken ct)
    {
        var marks = new List<Revocation>();
        foreach (var top in tops)
        {
            await DelegationStore.HoldTreeAsync(tx, top.Id, ct);
            foreach (var ended in await DelegationStore.RevokeTreeAsync(tx, top.Id, by, now, ct))
            {
                var happened = new AuditEvent(ended.Organization.ToString(), "delegation.revoked", by, ended.Id.ToString())
                {
                    Data = new(StringComparer.Ordinal) { ["delegatee"] = ended.Delegatee.ToString(), ["revokedWith"] = top.Id.ToString() },
                };
                await AuditLog.AppendAsync(tx, happened, now, ct);
                marks.Add(Revocation.Of(RevocationKind.Delegation, ended.Id.ToString(), ended.ExpiresAt.AddSeconds(1)));
            }
        }

        return marks;
    }
}
