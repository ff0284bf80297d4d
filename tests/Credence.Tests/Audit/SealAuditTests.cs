using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Audit;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Audit;

public sealed class SealAuditTests
{
    [Theory, EachEngine]
    public async Task Sealers_at_once_make_one_chain_without_gaps(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var writing = World.AllAtOnceAsync(20, number => world.AgentAsync($"agent {number}"));
        await World.AllAtOnceAsync(6, _ => world.Get<SealAudit>().RunAsync(World.Ct));
        await writing;
        await world.Get<SealAudit>().RunAsync(World.Ct);

        var organization = world.Caller.Organization.ToString();
        var entries = await AuditLog.ReadAsync(world.Db, organization, 1, long.MaxValue, 1000, World.Ct);
        Assert.Equal(22, entries.Count); // signing up, the first agent, and these
        string? before = null;
        for (var at = 0; at < entries.Count; at++)
        {
            var entry = entries[at];
            Assert.Equal(at + 1, entry.Sequence);
            Assert.Equal(before, entry.PreviousHash);
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(entry.Body))), entry.Hash);
            using var body = JsonDocument.Parse(entry.Body);
            Assert.Equal(before, body.RootElement.GetProperty("prevHash").GetString());
            Assert.Equal(entry.Sequence, body.RootElement.GetProperty("seq").GetInt64());
            before = entry.Hash;
        }

        Assert.Equal(0, await world.CountAsync($"select count(*) as n from audit_entries where seq is null"));
    }

    [Fact]
    public void Canonical_json_is_sorted_and_escaped_as_ecmascript_does()
    {
        var members = new SortedDictionary<string, object>(StringComparer.Ordinal)
        {
            ["b"] = "é\u0001\"\\\n/<>",
            ["a"] = 7L,
            ["c"] = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["y"] = "2", ["x"] = "1" },
        };
        Assert.Equal("""{"a":7,"b":"é\u0001\"\\\n/<>","c":{"x":"1","y":"2"}}""", CanonicalJson.Write(members));
        Assert.Equal("""{"a":7,"b":"é\u0001\"\\\n/<>","c":{"x":"1","y":"2"},"prevHash":null,"seq":1}""", CanonicalJson.Place(CanonicalJson.Write(members), 1, null));
    }
}
