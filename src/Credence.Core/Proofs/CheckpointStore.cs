using Credence.Storage;

namespace Credence.Proofs;

/// <summary>A checkpoint as it was signed.</summary>
/// <param name="Number">Its place in the organization's line: 1, 2, 3, …</param>
/// <param name="Note">Text and signature.</param>
/// <param name="Checkpoint">What the text says.</param>
public sealed record SignedCheckpoint(long Number, string Note, Checkpoint Checkpoint)
{
    internal static Sql Columns { get; } = Sql.Of($"number, note");

    internal static SignedCheckpoint Read(Row row)
    {
        var note = row.Text("note");
        var read = SignedNote.TextOf(note) is { } text ? Checkpoint.Parse(text) : null;
        return new SignedCheckpoint(row.Long("number"), note, read ?? throw new InvalidDataException("a stored checkpoint cannot be read"));
    }
}

/// <summary>The checkpoints of every organization.</summary>
internal static class CheckpointStore
{
    /// <summary>The last one, or null before the first.</summary>
    public static Task<SignedCheckpoint?> LastAsync(DbSession db, string organization, CancellationToken ct) =>
        db.FirstAsync(
            $"select {SignedCheckpoint.Columns} from audit_checkpoints where organization_id = {organization} order by number desc limit 1",
            SignedCheckpoint.Read, ct);

    /// <summary>The last one's note as it is stored.</summary>
    public static Task<string?> LastNoteAsync(DbSession db, string organization, CancellationToken ct) =>
        db.FirstAsync($"select note from audit_checkpoints where organization_id = {organization} order by number desc limit 1", row => row.Text("note"), ct);

    /// <summary>The size the last one is for; 0 before the first.</summary>
    public static Task<long> LastSizeAsync(DbSession db, string organization, CancellationToken ct) =>
        db.NumberAsync($"select max(size) as n from audit_checkpoints where organization_id = {organization}", ct);

    /// <summary>How many there are.</summary>
    public static Task<long> CountAsync(DbSession db, string organization, CancellationToken ct) =>
        db.NumberAsync($"select max(number) as n from audit_checkpoints where organization_id = {organization}", ct);

    /// <summary>The last one made at <paramref name="until"/> or before.</summary>
    public static Task<SignedCheckpoint?> LastUntilAsync(DbSession db, string organization, DateTimeOffset until, CancellationToken ct) =>
        db.FirstAsync(
            $"select {SignedCheckpoint.Columns} from audit_checkpoints where organization_id = {organization} and created_ms <= {until} order by created_ms desc limit 1",
            SignedCheckpoint.Read, ct);

    /// <summary>Adds the next one, unless another node has added one with that number.</summary>
    public static async Task<bool> AddAsync(DbTx tx, string organization, SignedCheckpoint next, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into audit_checkpoints (organization_id, number, size, note, created_ms, published)
            values ({organization}, {next.Number}, {next.Checkpoint.Size}, {next.Note}, {next.Checkpoint.Time}, {false})
            on conflict do nothing
            """,
            ct) == 1;

    /// <summary>Organizations whose tree is larger than their last checkpoint by <paramref name="entries"/>, or at all when that is from before <paramref name="before"/>.</summary>
    public static Task<List<string>> DueAsync(DbSession db, int entries, DateTimeOffset before, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select h.organization_id from audit_heads h
            left join audit_checkpoints c on c.organization_id = h.organization_id
                and c.number = (select max(l.number) from audit_checkpoints l where l.organization_id = h.organization_id)
            where h.chain = 'tree' and h.seq > 0
                and (c.size is null or h.seq >= c.size + {entries} or (h.seq > c.size and c.created_ms <= {before}))
            """,
            row => row.Text("organization_id"), ct);
}
