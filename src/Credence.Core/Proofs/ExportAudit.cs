using Credence.Storage;

namespace Credence.Proofs;

/// <summary>
/// Writes everything an outsider needs to check one organization's log: a line of JSON each for the log, its keys, and then, in the order of the
/// tree, entries of both chains, the tiles they fill and the checkpoints they reach. Reads a page at a time, whatever the log's size.
/// </summary>
public sealed class ExportAudit(Db db, MakeCheckpoint checkpoints, CheckpointKeys keys, ProofOptions options, TimeProvider clock)
{
    private const int Page = 256;

    /// <summary>Writes it to <paramref name="to"/>. What does not fit is written as it is: finding that is the verifier's work.</summary>
    public Task RunAsync(string organization, Stream to, CancellationToken ct) => RunAsync(organization, to, (_, _) => { }, ct);

    /// <summary>The same, telling <paramref name="progress"/> after each page how many leaves are written, and how many there are.</summary>
    /// <inheritdoc cref="RunAsync(string, Stream, CancellationToken)"/>
    public async Task RunAsync(string organization, Stream to, Action<long, long> progress, CancellationToken ct)
    {
        var made = await checkpoints.RunAsync(organization, ct); // so that nothing in it is unanchored
        var origin = made.Succeeded ? made.Value.Checkpoint.Origin : $"{options.Origin}/audit/{organization}";
        var size = made.Succeeded ? made.Value.Checkpoint.Size : await TileStore.SizeAsync(db, organization, ct);
        var last = await CheckpointStore.CountAsync(db, organization, ct);
        await using var lines = new ExportLines(to);
        lines.Log(origin, organization, size, clock.Now());
        foreach (var key in await keys.ListAsync(ct)) lines.Key(new NoteKey(origin, key));

        var count = 0L;
        for (var start = 0L; start < size;)
        {
            var entries = await PlacedEntry.OfTreeAsync(db, organization, start, size, Page, ct);
            var end = entries.Count > 0 ? entries[^1].Leaf + 1 : size;
            await PageAsync(lines, organization, entries, new Range(start, end, last), ct);
            (start, count) = (end, count + entries.Count);
            progress(start, size);
        }

        foreach (var (_, note) in await CheckpointsAsync(organization, new Range(size, long.MaxValue, last), ct)) lines.Checkpoint(note); // of a log that was cut
        if (await CheckpointStore.LastNoteAsync(db, organization, ct) is { } newest) lines.Retention(newest);
        lines.End(count);
        await lines.FlushAsync(ct);
    }

    private async Task PageAsync(ExportLines lines, string organization, List<PlacedEntry> entries, Range range, CancellationToken ct)
    {
        var tiles = new Queue<ExportedTile>(await TilesAsync(organization, range.Start, range.End, ct));
        var notes = new Queue<(long Size, string Note)>(await CheckpointsAsync(organization, range, ct));
        foreach (var entry in entries)
        {
            Reached(entry.Leaf);
            lines.Entry(entry);
            if (lines.IsFull) await lines.FlushAsync(ct);
        }

        Reached(range.End);

        void Reached(long size)
        {
            while (tiles.TryPeek(out var tile) && tile.End <= size) lines.Tile(tiles.Dequeue());
            while (notes.TryPeek(out var note) && note.Size <= size) lines.Checkpoint(notes.Dequeue().Note);
        }
    }

    /// <summary>Tiles whose last leaf lies in the range, the lowest level first.</summary>
    private async Task<List<ExportedTile>> TilesAsync(string organization, long start, long end, CancellationToken ct)
    {
        var found = new List<ExportedTile>();
        for (var level = 0; Tile.FullOn(level, end) > 0; level++)
        {
            var (first, last) = (Tile.FullOn(level, start), Tile.FullOn(level, end));
            found.AddRange(await db.ListAsync(
                $"""
                select {ExportedTile.Columns} from audit_tiles
                where organization_id = {organization} and level = {level} and number >= {first} and number < {last} order by number
                """,
                ExportedTile.Read, ct));
        }

        return [.. found.OrderBy(tile => tile.End)];
    }

    /// <summary>Checkpoints of the sizes of a range, without its start; those made after the export began would point behind its end.</summary>
    private Task<List<(long Size, string Note)>> CheckpointsAsync(string organization, Range range, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select size, note from audit_checkpoints
            where organization_id = {organization} and size > {range.Start} and size <= {range.End} and number <= {range.LastCheckpoint} order by size
            """,
            row => (row.Long("size"), row.Text("note")), ct);

    /// <summary>Leaves from <paramref name="Start"/> up to, without, <paramref name="End"/>, with checkpoints up to that number.</summary>
    private sealed record Range(long Start, long End, long LastCheckpoint);
}
