using System.Text;
using Credence.Audit;
using Credence.Keys;
using Credence.Proofs;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Proofs;

/// <summary>A world whose audit log is grown, exported and checked as an outsider does it.</summary>
internal sealed class ProofWorld : IAsyncDisposable
{
    private ProofWorld(World world) => World = world;

    public World World { get; }

    public string Organization => World.Caller.Organization.ToString();

    public static async Task<ProofWorld> OnAsync(EngineKind engine, int entries = 0)
    {
        var log = new ProofWorld(await World.OnAsync(engine));
        if (entries > 0) await log.GrowAsync(entries);
        return log;
    }

    /// <summary>Adds entries to the system chain, and one in ten to the application chain.</summary>
    public async Task GrowAsync(int entries)
    {
        await using (var tx = await World.Db.BeginAsync(World.Ct))
        {
            for (var number = 0; number < entries - (entries / 10); number++)
            {
                await AuditLog.AppendAsync(tx, new AuditEvent(Organization, "test.done", "tester", $"subject é {number}"), World.Now, World.Ct);
            }

            await tx.CommitAsync();
        }

        await World.AllAtOnceAsync(entries / 10, number => World.LogAsync($"action.{number}"));
        await World.Get<SealAudit>().RunAsync(Organization, World.Ct);
    }

    /// <summary>A checkpoint of all that is there.</summary>
    public async Task<SignedCheckpoint> CheckpointAsync() => (await World.Get<MakeCheckpoint>().RunAsync(Organization, World.Ct)).Value;

    public async Task<IReadOnlyList<SigningKey>> KeysAsync() => await World.Get<CheckpointKeys>().ListAsync(World.Ct);

    public async Task<string> ExportAsync()
    {
        using var written = new MemoryStream();
        await World.Get<ExportAudit>().RunAsync(Organization, written, World.Ct);
        return Encoding.UTF8.GetString(written.ToArray());
    }

    /// <summary>What an outsider finds who exports now, holds the public keys, and kept these checkpoints.</summary>
    public async Task<Verdict> VerifyAsync(params Checkpoint[] kept) => await VerifyAsync(await ExportAsync(), await KeysAsync(), kept);

    public static async Task<Verdict> VerifyAsync(string export, IReadOnlyList<SigningKey> keys, params Checkpoint[] kept)
    {
        using var text = new StringReader(export);
        return await VerifyExport.RunAsync(text, keys, kept, World.Ct);
    }

    /// <summary>The entry at a place in the tree.</summary>
    public async Task<PlacedEntry> EntryAsync(long leaf) => Assert.Single(await PlacedEntry.OfTreeAsync(World.Db, Organization, leaf, leaf + 1, 1, World.Ct));

    /// <summary>Where in the tree an entry lies.</summary>
    public async Task<long> LeafAsync(string chain, long sequence) =>
        Assert.Single(await PlacedEntry.OfChainAsync(World.Db, Organization, chain, sequence, sequence, 1, World.Ct)).Leaf;

    /// <summary>What the second tile of leaves holds.</summary>
    public async Task<byte[]> TileAsync(string column) => (await World.Db.FirstAsync(
        $"select * from audit_tiles where organization_id = {Organization} and level = 0 and number = 1", row => row.Bytes(column), World.Ct))!;

    /// <summary>Does what somebody with access to the database does.</summary>
    public async Task TamperAsync(Sql statement)
    {
        await using var tx = await World.Db.BeginAsync(World.Ct);
        Assert.True(await tx.ExecuteAsync(statement, World.Ct) > 0, "the statement changed something");
        await tx.CommitAsync();
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
