using System.Security.Cryptography;
using System.Text;
using Credence.Storage;

namespace Credence.Audit;

/// <summary>Gives appended entries their number and their place in the chain. Any node may; the organization's head row orders them.</summary>
public sealed class SealAudit(Db db)
{
    private const int PerTransaction = 500;

    private sealed record Unsealed(string Id, string Body);

    private sealed record Head(long Sequence, string? Hash);

    /// <summary>Seals whatever is waiting, of every organization.</summary>
    /// <returns>How many entries this call sealed.</returns>
    public async Task<int> RunAsync(CancellationToken ct)
    {
        var waiting = await db.ListAsync(
            $"select distinct organization_id from audit_entries where seq is null and chain = {AuditLog.SystemChain} limit 1000",
            row => row.Text("organization_id"), ct);
        var count = 0;
        foreach (var organization in waiting) count += await RunAsync(organization, ct);
        return count;
    }

    /// <summary>Seals what is waiting in one organization's system chain.</summary>
    /// <returns>How many entries this call sealed.</returns>
    public async Task<int> RunAsync(string organization, CancellationToken ct)
    {
        var count = 0;
        while (true)
        {
            var batch = await SealBatchAsync(organization, ct);
            count += batch;
            if (batch < PerTransaction) return count;
        }
    }

    private async Task<int> SealBatchAsync(string organization, CancellationToken ct)
    {
        var chain = AuditLog.SystemChain;
        await using var tx = await db.BeginAsync(ct);
        var head = (await tx.ListAsync(
            $"""
            insert into audit_heads (organization_id, chain, seq) values ({organization}, {chain}, 0)
            on conflict (organization_id, chain) do update set seq = audit_heads.seq returning seq, hash
            """, // holds the head: one sealer at a time
            row => new Head(row.Long("seq"), row.TextOrNull("hash")), ct))[0];

        var entries = await tx.ListAsync(
            $"""
            select id, body from audit_entries where organization_id = {organization} and chain = {chain} and seq is null
            order by id limit {PerTransaction}
            """,
            row => new Unsealed(row.Text("id"), row.Text("body")), ct);
        foreach (var entry in entries)
        {
            var body = CanonicalJson.Place(entry.Body, head.Sequence + 1, head.Hash);
            var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)));
            await tx.LaterAsync(
                $"update audit_entries set seq = {head.Sequence + 1}, body = {body}, hash = {hash}, prev_hash = {head.Hash} where id = {entry.Id}", ct);
            head = new Head(head.Sequence + 1, hash);
        }

        if (entries.Count == 0) return 0;
        await tx.LaterAsync(
            $"update audit_heads set seq = {head.Sequence}, hash = {head.Hash} where organization_id = {organization} and chain = {chain}", ct);
        await tx.CommitAsync();
        return entries.Count;
    }
}
