using Credence.Agents;
using Credence.Grants;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.Principals;

/// <summary>A person takes back several grants at once: all that one agent holds of them, or everything.</summary>
public sealed class TakeBackGrants(Db db, RevokeGrant revoke, TimeProvider clock)
{
    private const int PerTransaction = 200; // the revocations' head row is held for no longer than these take

    /// <param name="session">Who takes back.</param>
    /// <param name="agent">From which agent, or null for every one.</param>
    /// <param name="ct">Ends the wait; what was taken back by then stays so.</param>
    /// <returns>How many grants ended, those passed on included; none is not an error.</returns>
    public async Task<int> RunAsync(PrincipalSession session, Id<Agent>? agent, CancellationToken ct)
    {
        var count = 0;
        while (true)
        {
            var now = clock.Now();
            await using var tx = await db.BeginAsync(ct);
            var held = await PrincipalStore.ToEndAsync(tx, session, agent, now, PerTransaction, ct);
            if (held.Count == 0) return count;

            var trees = await RevokeGrant.EndEachAsync(tx, held, PrincipalSession.Actor, now, ct);
            await RevocationStore.AddAsync(tx, [.. trees.SelectMany(tree => tree.Marks)], ct);
            await tx.CommitAsync();
            foreach (var tree in trees) revoke.Announce(tree, PrincipalSession.Actor);
            count += trees.Sum(tree => tree.Ended.Count);
        }
    }
}
