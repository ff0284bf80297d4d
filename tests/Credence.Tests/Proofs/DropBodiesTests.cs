using Credence.Proofs;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Proofs;

public sealed class DropBodiesTests
{
    [Theory, EachEngine]
    public async Task Old_texts_go_and_every_proof_stays(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 700);
        var old = (await log.CheckpointAsync()).Checkpoint;
        log.World.Get<ProofOptions>().Retention = TimeSpan.FromDays(30);
        log.World.Clock.Advance(TimeSpan.FromDays(30));
        await log.GrowAsync(40);
        await log.CheckpointAsync();

        await log.World.Get<DropBodies>().RunAsync(World.Ct);
        await log.World.Get<DropBodies>().RunAsync(World.Ct);

        var verdict = await log.VerifyAsync(old);
        Assert.Empty(verdict.Findings);
        Assert.Equal(old.Size, verdict.Dropped);
        Assert.Equal(1, await log.World.AuditedAsync("audit.bodies_dropped"));
        Assert.Equal(old.Size, await log.World.CountAsync($"select count(*) as n from audit_entries where organization_id = {log.Organization} and body = ''"));
        var entry = await log.EntryAsync(5);
        var proof = await log.World.Get<ProveAudit>().EntryAsync(log.Organization, entry.Chain, entry.Sequence, old.Size, World.Ct);
        Assert.True(ProofCheck.Includes(entry.LeafHash, 5, old.Size, proof.Value.Hashes, old.Root));
    }

    [Theory, EachEngine]
    public async Task Nothing_goes_before_its_time_or_without_the_setting(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 20);
        await log.CheckpointAsync();
        log.World.Clock.Advance(TimeSpan.FromDays(30));
        await log.World.Get<DropBodies>().RunAsync(World.Ct);
        log.World.Get<ProofOptions>().Retention = TimeSpan.FromDays(31);
        await log.World.Get<DropBodies>().RunAsync(World.Ct);

        Assert.Equal(0, await log.World.CountAsync($"select count(*) as n from audit_entries where body = ''"));
        Assert.Equal(0, (await log.VerifyAsync()).Dropped);
    }

    [Theory, EachEngine]
    public async Task A_round_that_was_cut_off_is_finished_by_the_next(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 30);
        var old = (await log.CheckpointAsync()).Checkpoint;
        log.World.Get<ProofOptions>().Retention = TimeSpan.FromDays(1);
        log.World.Clock.Advance(TimeSpan.FromDays(1));
        await log.TamperAsync($"insert into audit_retention (organization_id, target, emptied) values ({log.Organization}, {old.Size}, 4)"); // begun
        await log.GrowAsync(1); // and on record

        await log.World.Get<DropBodies>().RunAsync(World.Ct);

        Assert.Equal(old.Size - 4, await log.World.CountAsync($"select count(*) as n from audit_entries where body = ''"));
        Assert.Empty((await log.VerifyAsync()).Findings);
    }

    [Theory, EachEngine]
    public async Task A_mark_that_somebody_moved_ahead_drops_nothing_younger(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 30);
        var old = (await log.CheckpointAsync()).Checkpoint;
        log.World.Get<ProofOptions>().Retention = TimeSpan.FromDays(1);
        log.World.Clock.Advance(TimeSpan.FromDays(1));
        await log.GrowAsync(20);
        await log.CheckpointAsync();
        await log.TamperAsync($"update audit_checkpoints set created_ms = 0 where organization_id = {log.Organization}"); // as if all were old
        await log.TamperAsync($"insert into audit_retention (organization_id, target, emptied) values ({log.Organization}, {old.Size + 20}, 0)");

        await log.World.Get<DropBodies>().RunAsync(World.Ct);

        Assert.InRange(await log.World.CountAsync($"select count(*) as n from audit_entries where body = ''"), 0, old.Size);
        Assert.Empty((await log.VerifyAsync()).Findings);
    }
}
