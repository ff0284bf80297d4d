using System.Security.Cryptography;
using System.Text;
using Credence.Audit;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Audit;

/// <summary>Writes the system chain as the version before migration 0003 did: entries in one table, numbered there.</summary>
internal static class OlderServer
{
    public static async Task WriteAsync(Db db, string organization, int sealedCount, int waiting)
    {
        await using var tx = await db.BeginAsync(World.Ct);
        var now = new DateTimeOffset(2026, 2, 1, 0, 0, 0, TimeSpan.Zero);
        string? hash = null;
        for (var number = 1; number <= sealedCount + waiting; number++)
        {
            var id = Id<AuditEntry>.New(now.AddSeconds(number));
            var members = new SortedDictionary<string, object>(StringComparer.Ordinal) { ["id"] = id.ToString(), ["v"] = 1L };
            var body = CanonicalJson.Write(members);
            await tx.ExecuteAsync(
                $"insert into audit_entries (id, organization_id, chain, body, created_ms) values ({id}, {organization}, 'system', {body}, {now})", World.Ct);
            if (number > sealedCount) continue;
            var placed = CanonicalJson.Place(body, number, hash);
            var next = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(placed)));
            await tx.ExecuteAsync($"update audit_entries set seq = {number}, body = {placed}, hash = {next}, prev_hash = {hash} where id = {id}", World.Ct);
            hash = next;
        }

        await tx.ExecuteAsync($"insert into audit_heads (organization_id, chain, seq, hash) values ({organization}, 'system', {sealedCount}, {hash})", World.Ct);
        await tx.CommitAsync();
    }
}
