using Credence.Keys;
using Credence.Proofs;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Proofs;

public sealed class MakeCheckpointTests
{
    [Theory, EachEngine]
    public async Task Nodes_at_once_make_one_line_of_checkpoints(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine);
        await using var other = await log.World.NodeAsync();
        World[] nodes = [log.World, other];
        for (var round = 0; round < 4; round++)
        {
            var writing = log.GrowAsync(30);
            await World.AllAtOnceAsync(20, number => nodes[number % 2].Get<MakeCheckpoint>().RunAsync(log.Organization, World.Ct));
            await writing;
        }

        var last = await log.CheckpointAsync();
        var line = await log.World.Db.ListAsync(
            $"select number, note from audit_checkpoints where organization_id = {log.Organization} order by number", SignedCheckpoint.Read, World.Ct);
        Assert.Equal(last.Number, line.Count);
        Assert.Single(await log.KeysAsync());
        for (var at = 0; at < line.Count; at++)
        {
            Assert.Equal(at + 1, line[at].Number);
            Assert.Equal(at == 0 ? null : line[at - 1].Checkpoint.TextHash(), line[at].Checkpoint.Previous);
            Assert.True(at == 0 || line[at].Checkpoint.Size > line[at - 1].Checkpoint.Size);
        }

        Assert.Empty((await log.VerifyAsync([.. line.Select(each => each.Checkpoint)])).Findings);
    }

    [Theory, EachEngine]
    public async Task It_is_made_by_itself_after_a_minute_or_a_thousand_entries_and_not_before(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 10);
        async Task<long> RoundAsync()
        {
            await log.World.Get<MakeCheckpoint>().RunAsync(World.Ct);
            return await log.World.CountAsync($"select count(*) as n from audit_checkpoints where organization_id = {log.Organization}");
        }

        Assert.Equal(1, await RoundAsync()); // the first at once
        await log.GrowAsync(10);
        log.World.Clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(1, await RoundAsync());
        log.World.Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, await RoundAsync());
        log.World.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, await RoundAsync()); // nothing new
        await log.GrowAsync(10);
        Assert.Equal(3, await RoundAsync());
        await log.GrowAsync(990);
        Assert.Equal(3, await RoundAsync());
        await log.GrowAsync(10);
        Assert.Equal(4, await RoundAsync());
    }

    [Theory, EachEngine]
    public async Task Every_entry_is_proven_in_every_checkpoint_since_and_every_checkpoint_from_every_earlier_one(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 250);
        var prove = log.World.Get<ProveAudit>();
        List<Checkpoint> line = [(await log.CheckpointAsync()).Checkpoint];
        foreach (var more in new[] { 4, 1, 290 })
        {
            await log.GrowAsync(more);
            line.Add((await log.CheckpointAsync()).Checkpoint);
        }

        foreach (var checkpoint in line)
        {
            for (var leaf = 0L; leaf < checkpoint.Size; leaf += 17)
            {
                var entry = await log.EntryAsync(leaf);
                var proof = (await prove.EntryAsync(log.Organization, entry.Chain, entry.Sequence, checkpoint.Size, World.Ct)).Value;
                Assert.Equal(checkpoint.Root, proof.Root);
                Assert.True(ProofCheck.Includes(Merkle.Leaf(System.Text.Encoding.UTF8.GetBytes(entry.Body!)), leaf, checkpoint.Size, proof.Hashes, checkpoint.Root));
            }

            foreach (var earlier in line.Where(earlier => earlier.Size <= checkpoint.Size))
            {
                var proof = (await prove.GrowthAsync(log.Organization, earlier.Size, checkpoint.Size, World.Ct)).Value;
                Assert.True(ProofCheck.Extends(earlier.Size, checkpoint.Size, earlier.Root, checkpoint.Root, proof.Hashes));
            }
        }
    }

    [Theory, EachEngine]
    public async Task A_proof_of_something_newer_than_the_last_checkpoint_makes_one(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 10);
        var before = (await log.CheckpointAsync()).Checkpoint.Size;
        await log.GrowAsync(5);
        var entry = await log.EntryAsync(before + 2);

        var proof = await log.World.Get<ProveAudit>().EntryAsync(log.Organization, entry.Chain, entry.Sequence, null, World.Ct);

        Assert.Equal(before + 5, proof.Value.Size);
        Assert.Equal(before + 5, await log.World.CountAsync($"select max(size) as n from audit_checkpoints where organization_id = {log.Organization}"));
    }

    [Theory, EachEngine]
    public async Task What_is_not_there_is_refused(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 10);
        var prove = log.World.Get<ProveAudit>();
        var size = (await log.CheckpointAsync()).Checkpoint.Size;
        async Task RefusesAsync<T>(FailureKind kind, Task<Result<T>> asked) => Assert.Equal(kind, (await asked).Failure?.Kind);

        await RefusesAsync(FailureKind.NotFound, prove.EntryAsync(log.Organization, "system", 999, null, World.Ct));
        await RefusesAsync(FailureKind.NotFound, prove.EntryAsync(log.Organization, "nonsense", 1, null, World.Ct));
        await RefusesAsync(FailureKind.NotFound, prove.EntryAsync("dev_other", "system", 1, null, World.Ct));
        await RefusesAsync(FailureKind.Invalid, prove.EntryAsync(log.Organization, "system", 1, size + 1, World.Ct));
        await RefusesAsync(FailureKind.Invalid, prove.EntryAsync(log.Organization, "system", 5, 1, World.Ct));
        await RefusesAsync(FailureKind.Invalid, prove.GrowthAsync(log.Organization, size + 1, null, World.Ct));
        await RefusesAsync(FailureKind.Invalid, prove.GrowthAsync(log.Organization, 5, 4, World.Ct));
        await RefusesAsync(FailureKind.Invalid, prove.GrowthAsync(log.Organization, 0, null, World.Ct));
        await RefusesAsync(FailureKind.NotFound, prove.GrowthAsync("dev_other", 1, null, World.Ct));
    }

    [Theory, EachEngine]
    public async Task A_new_key_goes_on_with_the_line_and_both_are_needed_to_check_it(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 10);
        await log.CheckpointAsync();
        var old = Assert.Single(await log.KeysAsync());
        var made = (await log.World.Get<CheckpointKeys>().RotateAsync(World.Ct)).Value;
        await log.GrowAsync(5);
        await log.CheckpointAsync();

        Assert.Equal([made.Kid, old.Kid], (await log.KeysAsync()).Select(key => key.Kid));
        var export = await log.ExportAsync();
        Assert.Empty((await ProofWorld.VerifyAsync(export, [old, made])).Findings);
        Assert.All((await ProofWorld.VerifyAsync(export, [old])).Findings, finding => Assert.Equal(FindingKind.Unanchored, finding.Kind));
        Assert.False((await ProofWorld.VerifyAsync(export, [old])).Holds);

        await using var other = await log.World.NodeAsync(); // with nothing opened yet
        Assert.Equal([made.Kid, old.Kid], (await other.Get<CheckpointKeys>().ListAsync(World.Ct)).Select(key => key.Kid));
    }

    [Theory, EachEngine]
    public async Task A_key_that_somebody_wrote_into_the_database_counts_for_nothing(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 10);
        var last = await log.CheckpointAsync();
        var stranger = SigningKey.Generate(KeyAlgorithm.EdDSA);
        await log.TamperAsync(
            $"""
            insert into audit_keys (kid, status, public_key, sealed, created_ms)
            select {stranger.Kid}, 'retired', {NoteKey.PublicBytes(stranger)}, sealed, 1 from audit_keys
            """);
        var forged = SignedNote.Sign((last.Checkpoint with { Dropped = 10 }).Text(), new NoteKey(last.Checkpoint.Origin, stranger));
        await log.TamperAsync($"update audit_checkpoints set note = {forged} where organization_id = {log.Organization}");
        await log.GrowAsync(1);

        Assert.DoesNotContain(await log.KeysAsync(), key => key.Kid == stranger.Kid);
        Assert.Equal(ProofFailures.Damaged, (await log.World.Get<MakeCheckpoint>().RunAsync(log.Organization, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task Every_checkpoint_goes_to_the_file_once_and_checks_the_log_from_there(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 10);
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "checkpoints");
        log.World.Get<ProofOptions>().CheckpointFile = file;
        await log.CheckpointAsync();
        await log.World.Get<PublishCheckpoints>().RunAsync(World.Ct);
        await log.GrowAsync(10);
        await log.CheckpointAsync();
        await log.World.Get<PublishCheckpoints>().RunAsync(World.Ct);
        await log.World.Get<PublishCheckpoints>().RunAsync(World.Ct);

        using var text = File.OpenText(file);
        var kept = KeptCheckpoints.Read(text, await log.KeysAsync());
        Assert.Equal(2, kept.Count);
        Assert.Equal(2, (await log.VerifyAsync([.. kept])).Kept);
    }
}
