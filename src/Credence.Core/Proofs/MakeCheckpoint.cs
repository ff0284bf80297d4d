using Credence.Audit;
using Credence.Keys;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Proofs;

/// <summary>
/// Signs what an organization's tree has come to. The new tree must contain the one signed before: a log never signs two histories
/// (C2SP tlog-checkpoint), so what somebody changed underneath shows here.
/// </summary>
public sealed class MakeCheckpoint(
    Db db, SealAudit seal, GrowTiles grow, CheckpointKeys keys, ProofOptions options, TimeProvider clock, ILogger<MakeCheckpoint> log)
{
    /// <summary>Makes the checkpoints that are due, of every organization; a worker runs it.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        foreach (var organization in await CheckpointStore.DueAsync(db, options.Entries, clock.Now() - options.Interval, ct)) await RunAsync(organization, ct);
    }

    /// <summary>Seals what is waiting, and signs if the tree has grown. Of several nodes at once one adds the next checkpoint; the others find it.</summary>
    /// <returns>The last checkpoint.</returns>
    public async Task<Result<SignedCheckpoint>> RunAsync(string organization, CancellationToken ct)
    {
        await seal.RunAsync(organization, ct);
        var key = await keys.CurrentAsync(ct);
        if (!key.Succeeded) return key.Failure;
        try
        {
            while (true)
            {
                var last = await CheckpointStore.LastAsync(db, organization, ct);
                var size = await TileStore.SizeAsync(db, organization, ct);
                if (size == 0 && last is null) return ProofFailures.Empty;
                if (size == last?.Checkpoint.Size)
                {
                    await RequireOursAsync(last, ct);
                    return last;
                }

                await grow.RunAsync(organization, size, ct);
                var next = await NextAsync(organization, last, size, key.Value, ct);
                await using var tx = await db.BeginAsync(ct);
                if (!await CheckpointStore.AddAsync(tx, organization, next, ct)) continue; // another node was first: look again
                await tx.CommitAsync();
                return next;
            }
        }
        catch (InvalidDataException error)
        {
            Log.Damaged(log, organization, await TileStore.SizeAsync(db, organization, ct), error.Message);
            return ProofFailures.Damaged;
        }
    }

    /// <summary>
    /// How far retention may come. It is worked out from what was signed and not from a mark in the database, so that nobody who can only write to
    /// the database makes this server sign that bodies may be missing.
    /// </summary>
    /// <exception cref="InvalidDataException">What is stored was not signed here.</exception>
    internal async Task<long> DroppableAsync(string organization, CancellationToken ct)
    {
        if (options.Retention is not { } kept) return 0;
        var until = clock.Now() - kept;
        if (await CheckpointStore.LastUntilAsync(db, organization, until, ct) is not { } old) return 0;
        await RequireOursAsync(old, ct);
        return old.Checkpoint.Time <= until ? old.Checkpoint.Size : 0;
    }

    private async Task<SignedCheckpoint> NextAsync(string organization, SignedCheckpoint? last, long size, SigningKey key, CancellationToken ct)
    {
        var tree = TileStore.Tree(db, organization);
        var root = await tree.RootAsync(size, ct);
        if (last is not null) await RequireExtendsAsync(tree, last, size, root, ct);

        var origin = last?.Checkpoint.Origin ?? $"{options.Origin}/audit/{organization}";
        var dropped = Math.Max(last?.Checkpoint.Dropped ?? 0, await DroppableAsync(organization, ct));
        var checkpoint = new Checkpoint(origin, size, root, clock.Now(), last?.Checkpoint.TextHash(), dropped);
        return new SignedCheckpoint((last?.Number ?? 0) + 1, SignedNote.Sign(checkpoint.Text(), new NoteKey(origin, key)), checkpoint);
    }

    private async Task RequireExtendsAsync(TreeReader tree, SignedCheckpoint last, long size, byte[] root, CancellationToken ct)
    {
        var before = last.Checkpoint;
        await RequireOursAsync(last, ct);
        if (size < before.Size) throw new InvalidDataException($"the tree has {size} leaves and had {before.Size}");
        var proof = await tree.ConsistencyAsync(before.Size, size, ct);
        if (!ProofCheck.Extends(before.Size, size, before.Root, root, proof)) throw new InvalidDataException($"the first {before.Size} leaves have changed");
    }

    private async Task RequireOursAsync(SignedCheckpoint found, CancellationToken ct)
    {
        var all = await keys.ListAsync(ct);
        if (!all.Any(key => SignedNote.IsSignedBy(found.Note, new NoteKey(found.Checkpoint.Origin, key))))
        {
            throw new InvalidDataException($"checkpoint {found.Number} was not signed here");
        }
    }
}
