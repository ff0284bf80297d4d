using Credence.Storage;

namespace Credence.Proofs;

/// <summary>
/// Puts every checkpoint where the operator of the database alone cannot take it back: it appends them to a file that lies elsewhere. One line of
/// checkpoints in two places is what makes a rewritten log show.
/// </summary>
public sealed class PublishCheckpoints(Db db, ProofOptions options)
{
    private const int PerRound = 500;

    private sealed record Waiting(string Organization, long Number, string Note);

    /// <summary>Appends what is not there yet. After a crash between file and database some come twice, which changes nothing.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if (options.CheckpointFile is not { } path) return;
        while (true)
        {
            var waiting = await db.ListAsync(
                $"select organization_id, number, note from audit_checkpoints where not published order by organization_id, number limit {PerRound}",
                row => new Waiting(row.Text("organization_id"), row.Long("number"), row.Text("note")), ct);
            if (waiting.Count == 0) return;
            await AppendAsync(path, waiting, ct);

            await using var tx = await db.BeginAsync(ct);
            foreach (var each in waiting)
            {
                await tx.LaterAsync($"update audit_checkpoints set published = {true} where organization_id = {each.Organization} and number = {each.Number}", ct);
            }

            await tx.CommitAsync();
        }
    }

    private static async Task AppendAsync(string path, List<Waiting> waiting, CancellationToken ct)
    {
        await using var file = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        await using var text = new StreamWriter(file);
        foreach (var each in waiting) await text.WriteAsync($"{each.Note}\n".AsMemory(), ct); // an empty line between two notes
        await text.FlushAsync(ct);
        file.Flush(flushToDisk: true);
    }
}
