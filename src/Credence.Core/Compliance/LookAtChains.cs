using Credence.Audit;
using Credence.Proofs;
using Credence.Storage;

namespace Credence.Compliance;

/// <summary>
/// Computes the newest entries of every audit chain again, so many in all, and writes nothing: what an operator asks for who cannot wait for
/// <see cref="CheckAudit"/> to go through the whole of them.
/// </summary>
public sealed class LookAtChains(Db db)
{
    /// <summary>The fewest entries of a chain that are worth looking at.</summary>
    private const int Least = 10;

    /// <summary>What was looked at, and what does not hold.</summary>
    /// <param name="Looked">How many entries were computed again.</param>
    /// <param name="Entries">How many there are, in all chains.</param>
    /// <param name="Chains">How many chains were looked at.</param>
    /// <param name="AllChains">How many there are.</param>
    /// <param name="Broken">What does not hold: which organization's, where, and why.</param>
    public sealed record Seen(long Looked, long Entries, int Chains, long AllChains, IReadOnlyList<Break> Broken);

    /// <summary>A chain that does not hold.</summary>
    public sealed record Break(string Organization, string Chain, string? Entry, ChainBreak Reason);

    private sealed record Head(string Organization, string Chain, LoggedHead End);

    /// <param name="most">How many entries to look at, shared evenly among the chains.</param>
    /// <param name="told">Hears now and then how many have been.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<Seen> RunAsync(int most, Action<long> told, CancellationToken ct)
    {
        var all = await db.NumberAsync($"select count(*) as n from audit_heads where chain <> 'tree'", ct);
        var entries = await db.NumberAsync($"select cast(sum(seq) as bigint) as n from audit_heads where chain <> 'tree'", ct);
        var heads = await db.ListAsync(
            $"select organization_id, chain, seq, hash, last_id from audit_heads where chain <> 'tree' order by seq desc, organization_id limit {Math.Max(1, most / Least)}",
            row => new Head(row.Text("organization_id"), row.Text("chain"), new LoggedHead(row.Long("seq"), row.TextOrNull("hash"), row.TextOrNull("last_id"))), ct);
        var (looked, left, broken) = (0L, (long)most, new List<Break>());
        for (var at = heads.Count - 1; at >= 0; at--) // the short ones first: what they leave over goes to the long ones
        {
            var share = Math.Min(heads[at].End.Sequence, left / (at + 1));
            var found = await FollowAsync(heads[at], share, ct);
            if (found.Reason is { } reason) broken.Add(new Break(heads[at].Organization, heads[at].Chain, found.FirstBroken, reason));
            (looked, left) = (looked + share, left - share);
            told(looked);
        }

        return new Seen(looked, entries, heads.Count, all, broken);
    }

    private async Task<ChainIntegrity> FollowAsync(Head head, long share, CancellationToken ct)
    {
        var span = new LoggedSpan(head.End.Sequence - share, head.End.Sequence);
        var follower = new ChainFollower(span, head.End, async token => (await CheckpointStore.LastAsync(db, head.Organization, token))?.Checkpoint.Dropped ?? 0);
        var passing = head.Chain == AuditLog.SystemChain
            ? StoredEntry.AllOfSystemAsync(db, head.Organization, span, ct)
            : StoredEntry.AllAsync(db, head.Organization, span, ct);
        await foreach (var entry in passing) await follower.TakeAsync(entry, ct);
        return follower.End();
    }
}
