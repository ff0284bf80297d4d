using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Audit;

/// <summary>What must be true of an organization's chains and its tree, whatever happened.</summary>
internal static class Chains
{
    private sealed record Entry(string Chain, long Sequence, string Id, string Body, string Hash, string? Before, long Leaf, byte[] LeafHash, DateTimeOffset At)
    {
        public static Entry Read(Row row) => new(
            row.Text("chain"), row.Long("seq"), row.Text("id"), row.Text("body"), row.Text("hash"), row.TextOrNull("prev_hash"), row.Long("leaf"),
            row.Bytes("leaf_hash"), row.Time("created_ms"));
    }

    /// <summary>Checks every link, every hash and every leaf.</summary>
    /// <returns>How many entries the chain of that name has.</returns>
    public static Task<long> HoldAsync(World world, string chain) => HoldAsync(world.Db, world.Caller.Organization.ToString(), chain);

    /// <summary>The same of any organization.</summary>
    public static async Task<long> HoldAsync(Db db, string organization, string chain)
    {
        var all = await db.ListAsync($"select * from audit_entries where organization_id = {organization} order by chain, seq", Entry.Read, World.Ct);
        Assert.Equal(Enumerable.Range(0, all.Count).Select(leaf => (long)leaf), all.Select(entry => entry.Leaf).Order());
        Assert.Equal(all.Count, await db.NumberAsync($"select seq as n from audit_heads where organization_id = {organization} and chain = 'tree'", World.Ct));
        foreach (var one in all.GroupBy(entry => entry.Chain)) await LinksHoldAsync(db, organization, [.. one]);
        return all.Count(entry => entry.Chain == chain);
    }

    private static async Task LinksHoldAsync(Db db, string organization, List<Entry> chain)
    {
        Entry? before = null;
        foreach (var entry in chain)
        {
            Assert.Equal((before?.Sequence ?? 0) + 1, entry.Sequence);
            Assert.True(entry.Leaf > (before?.Leaf ?? -1));
            Assert.Equal(before?.Hash, entry.Before);
            Assert.Equal(entry.Hash, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(entry.Body))));
            Assert.Equal(entry.LeafHash, SHA256.HashData([0, .. Encoding.UTF8.GetBytes(entry.Body)]));
            using var body = JsonDocument.Parse(entry.Body);
            Assert.Equal(before?.Hash, body.RootElement.GetProperty("prevHash").GetString());
            if (entry.Chain == "application" && before is not null)
            {
                Assert.True(entry.At >= before.At, $"{entry.At:O} after {before.At:O}");
                Assert.True(string.CompareOrdinal(entry.Id, before.Id) > 0, $"{entry.Id} after {before.Id}");
            }

            before = entry;
        }

        var head = await db.NumberAsync(
            $"select seq as n from audit_heads where organization_id = {organization} and chain = {before!.Chain} and hash = {before.Hash}", World.Ct);
        Assert.Equal(before.Sequence, head);
    }
}
