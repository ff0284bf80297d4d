using Credence.Storage;

namespace Credence.Audit;

/// <summary>Gives appended entries their number and their place in the chain and the tree. Any node may; the organization's tree head orders them.</summary>
public sealed class SealAudit(Db db)
{
    private const int PerTransaction = 500;

    private sealed record Waiting(Id<AuditEntry> Id, string Body, DateTimeOffset At)
    {
        public static Sql Columns { get; } = Sql.Of($"id, body, created_ms");

        public static Waiting Read(Row row) => new(row.Id<AuditEntry>("id"), row.Text("body"), row.Time("created_ms"));
    }

    /// <summary>Seals whatever is waiting, of every organization.</summary>
    /// <returns>How many entries this call sealed.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var waiting = await db.ListAsync(
            $"select organization_id from audit_pending union select organization_id from audit_entries where leaf is null limit 1000",
            row => row.Text("organization_id"), ct);
        var count = 0;
        foreach (var organization in waiting) count += await RunAsync(organization, ct);
        return count;
    }

    /// <summary>Seals what one organization's entries wait for, if any do: whoever reads the chain finds in it what was answered before.</summary>
    public async Task CatchUpAsync(string organization, CancellationToken ct)
    {
        if (await db.NumberAsync($"select count(*) as n from (select 1 from audit_pending where organization_id = {organization} limit 1) t", ct) > 0)
        {
            await RunAsync(organization, ct);
        }
    }

    /// <summary>Seals what is waiting in one organization's system chain.</summary>
    /// <returns>How many entries this call sealed.</returns>
    public async Task<int> RunAsync(string organization, CancellationToken ct)
    {
        var count = 0;
        while (true)
        {
            var (done, more) = await SealBatchAsync(organization, ct);
            count += done;
            if (!more) return count;
        }
    }

    private async Task<(int Done, bool More)> SealBatchAsync(string organization, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var chain = (await HeldChain.HoldAsync(tx, AuditLog.SystemChain, [organization], ct))[organization];
        var older = await OlderEntries.TakeInAsync(tx, organization, chain, PerTransaction, ct);
        var entries = older == PerTransaction ? [] : await TakeAsync(tx, organization, ct);
        foreach (var entry in entries.OrderBy(entry => entry.Id))
        {
            chain.Append(entry.Id, entry.At, CanonicalJson.Place(entry.Body, chain.Sequence + 1, chain.Hash), about: About.Of(entry.Body));
        }

        if (older + entries.Count == 0) return (0, false);
        await HeldChain.SaveAsync(tx, [chain], ct);
        await tx.CommitAsync();
        return (older + entries.Count, older == PerTransaction || entries.Count == PerTransaction);
    }

    private static Task<List<Waiting>> TakeAsync(DbTx tx, string organization, CancellationToken ct) => tx.ListAsync(
        $"""
        delete from audit_pending where organization_id = {organization} and id in (
            select id from audit_pending where organization_id = {organization} order by id limit {PerTransaction})
        returning {Waiting.Columns}
        """,
        Waiting.Read, ct);
}
