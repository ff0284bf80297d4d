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

        Assert.Equal(22, await Chains.HoldAsync(world, "system")); // signing up, the first agent, and these
        Assert.Equal(0, await world.CountAsync($"select count(*) as n from audit_pending"));
    }

    [Theory, EachEngine]
    public async Task More_than_a_batch_is_sealed_in_order(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var organization = world.Caller.Organization.ToString();
        await using (var tx = await world.Db.BeginAsync(World.Ct))
        {
            for (var number = 0; number < 1_100; number++)
            {
                world.Clock.Advance(TimeSpan.FromMilliseconds(1));
                await AuditLog.AppendAsync(tx, new AuditEvent(organization, "counted", "test", $"{number}"), world.Now, World.Ct);
            }

            await tx.CommitAsync();
        }

        Assert.Equal(1_102, await world.Get<SealAudit>().RunAsync(organization, World.Ct));

        Assert.Equal(1_102, await Chains.HoldAsync(world, "system"));
        var subjects = await world.Db.ListAsync($"select body from audit_entries where body like '%counted%' order by seq", row => row.Text("body"), World.Ct);
        Assert.All(subjects.Index(), entry => Assert.Contains($"\"subject\":\"{entry.Index}\"", entry.Item, StringComparison.Ordinal));
    }

    [Theory, EachEngine]
    public async Task A_database_from_before_the_tree_gets_its_leaves_and_loses_nothing(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        var migrator = new Migrator(database.Db, TimeProvider.System);
        var files = Migrator.Shipped(engine);
        await migrator.ApplyAsync([.. files.TakeWhile(file => !file.Name.Contains("0003", StringComparison.Ordinal))], World.Ct);
        await OlderServer.WriteAsync(database.Db, "dev_1", sealedCount: 600, waiting: 3);

        await migrator.ApplyAsync(files, World.Ct);
        await OlderServer.WriteAsync(database.Db, "dev_2", sealedCount: 2, waiting: 2); // a node that has not been upgraded yet
        await new SealAudit(database.Db).RunAsync(World.Ct);

        Assert.Equal(603, await Chains.HoldAsync(database.Db, "dev_1", "system"));
        Assert.Equal(4, await Chains.HoldAsync(database.Db, "dev_2", "system"));
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
