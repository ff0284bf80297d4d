using Credence.Storage;

namespace Credence.Proofs;

/// <summary>Proofs for whoever holds a checkpoint: that an entry is in it, or that a later one only added to it.</summary>
public sealed class ProveAudit(Db db, MakeCheckpoint checkpoints)
{
    /// <summary>An entry is among the first <paramref name="Size"/>.</summary>
    public sealed record Inclusion(AuditPlace Entry, long Size, byte[] Root, IReadOnlyList<byte[]> Hashes);

    /// <summary>The first <paramref name="To"/> leaves begin with those that were <paramref name="From"/>.</summary>
    public sealed record Consistency(long From, long To, byte[] FromRoot, byte[] ToRoot, IReadOnlyList<byte[]> Hashes);

    /// <summary>Where an entry lies.</summary>
    public sealed record AuditPlace(string Chain, long Sequence, long Leaf, byte[] LeafHash);

    /// <summary>Proves an entry by its place in its chain.</summary>
    /// <param name="organization">Whose log.</param>
    /// <param name="chain">Which chain.</param>
    /// <param name="sequence">Its number in it.</param>
    /// <param name="size">In the tree of so many leaves; null for the last checkpoint's.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<Inclusion>> EntryAsync(string organization, string chain, long sequence, long? size, CancellationToken ct)
    {
        var entry = await db.FirstAsync(
            $"select seq, leaf, leaf_hash from audit_entries where organization_id = {organization} and chain = {chain} and seq = {sequence} and leaf is not null",
            row => new AuditPlace(chain, row.Long("seq"), row.Long("leaf"), row.BytesOrNull("leaf_hash") ?? []), ct);
        if (entry is null) return ProofFailures.NoEntry;
        var found = await SizeAsync(organization, size ?? entry.Leaf + 1, ct);
        if (!found.Succeeded) return found.Failure;

        var within = size ?? found.Value;
        if (within < 1 || within > found.Value) return ProofFailures.NoSize("size", found.Value);
        if (entry.Leaf >= within) return Failure.Invalid($"The entry came later: it is in trees of {entry.Leaf + 1} leaves and more");
        return await ReadAsync<Inclusion>(organization, async tree =>
        {
            var (root, hashes) = (await tree.RootAsync(within, ct), await tree.InclusionAsync(entry.Leaf, within, ct));
            return ProofCheck.Includes(entry.LeafHash, entry.Leaf, within, hashes, root) ? new Inclusion(entry, within, root, hashes) : ProofFailures.Damaged;
        });
    }

    /// <summary>Proves that a tree grew out of an earlier one.</summary>
    /// <param name="organization">Whose log.</param>
    /// <param name="from">The earlier size.</param>
    /// <param name="to">The later one; null for the last checkpoint's.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<Consistency>> GrowthAsync(string organization, long from, long? to, CancellationToken ct)
    {
        var found = await SizeAsync(organization, to ?? from, ct);
        if (!found.Succeeded) return found.Failure;
        var until = to ?? found.Value;
        if (until < 1 || until > found.Value) return ProofFailures.NoSize("to", found.Value);
        if (from < 1 || from > until) return ProofFailures.NoSize("from", until);
        return await ReadAsync<Consistency>(organization, async tree =>
            new Consistency(from, until, await tree.RootAsync(from, ct), await tree.RootAsync(until, ct), await tree.ConsistencyAsync(from, until, ct)));
    }

    /// <summary>The last checkpoint's size; a new checkpoint is made first when a reader asks for more than that.</summary>
    private async Task<Result<long>> SizeAsync(string organization, long wanted, CancellationToken ct)
    {
        var last = await CheckpointStore.LastSizeAsync(db, organization, ct);
        if (wanted <= last) return last;
        var made = await checkpoints.RunAsync(organization, ct);
        return made.Succeeded ? made.Value.Checkpoint.Size : made.Failure;
    }

    private async Task<Result<T>> ReadAsync<T>(string organization, Func<TreeReader, Task<Result<T>>> read)
    {
        try
        {
            return await read(TileStore.Tree(db, organization));
        }
        catch (InvalidDataException)
        {
            return ProofFailures.Damaged;
        }
    }
}
