using Credence.Audit;
using Credence.Compliance;
using Credence.Proofs;
using Credence.Storage;
using Credence.Tests.Proofs;
using Credence.Tests.Support;

namespace Credence.Tests.Compliance;

public sealed class EvidenceTests
{
    private static readonly Period Ever = new(null, null);

    [Theory, EachEngine]
    public async Task A_log_that_nobody_touched_holds_and_so_does_every_part_of_it(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 60);
        log.World.Clock.Advance(TimeSpan.FromMinutes(1));
        var later = log.World.Now;
        await log.GrowAsync(30);

        Assert.Equal(new ChainIntegrity(9, 0, null, null), await CheckAsync(log, Ever));
        Assert.Equal(new ChainIntegrity(3, 0, null, null), await CheckAsync(log, new Period(later, null)));
        Assert.Equal(new ChainIntegrity(6, 0, null, null), await CheckAsync(log, new Period(null, later.AddSeconds(-1))));
        Assert.Equal(new ChainIntegrity(0, 0, null, null), await CheckAsync(log, new Period(later.AddDays(1), null)));
    }

    [Theory, EachEngine]
    public async Task What_is_logged_meanwhile_is_not_in_it_and_breaks_nothing(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 50);
        var evidence = await GatherAsync(log, Ever);

        await log.GrowAsync(50);
        var entries = await ToListAsync(evidence);

        Assert.Equal(5, entries.Count);
        Assert.Equal(new ChainIntegrity(5, 0, null, null), evidence.Integrity);
        Assert.Equal(new LoggedCounts(5, 5, 0, 0), evidence.Summary.Entries);
    }

    [Theory]
    [MemberData(nameof(Tamperings))]
    public async Task Whatever_somebody_changed_is_named_where_it_is(EngineKind engine, string what, int broken, ChainBreak reason)
    {
        await using var log = await ProofWorld.OnAsync(engine, 80); // eight of them in the application chain
        var ids = (await ToListAsync(await GatherAsync(log, Ever))).ConvertAll(entry => entry.Id.ToString());
        await log.TamperAsync(Statement(what, log.Organization, ids[3]));

        var found = await CheckAsync(log, Ever);

        Assert.False(found.IsValid);
        Assert.Equal((ids[broken - 1], reason), (found.FirstBroken, found.Reason));
        Assert.Equal(what is "lost" ? 3 : broken - 1, found.Checked);
    }

    [Theory, EachEngine]
    public async Task A_tail_that_was_cut_off_is_named_by_what_the_head_says_is_last(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 80);
        var ids = (await ToListAsync(await GatherAsync(log, Ever))).ConvertAll(entry => entry.Id.ToString());
        await log.TamperAsync($"delete from audit_entries where organization_id = {log.Organization} and chain = 'application' and seq > 6");

        Assert.Equal(new ChainIntegrity(6, 0, ids[7], ChainBreak.Link), await CheckAsync(log, Ever));
    }

    [Theory, EachEngine]
    public async Task A_checkpoint_that_was_not_signed_here_makes_the_log_doubtful(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 80);
        await log.CheckpointAsync();
        await log.TamperAsync($"update audit_checkpoints set note = replace(note, 'time 20', 'time 19') where organization_id = {log.Organization}");

        var found = await CheckAsync(log, Ever);

        Assert.Equal((false, null, ChainBreak.Checkpoint), (found.IsValid, found.FirstBroken, found.Reason));
    }

    [Theory, EachEngine]
    public async Task Texts_that_retention_took_break_nothing_and_texts_that_a_thief_took_do(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 50);
        await log.CheckpointAsync();
        log.World.Get<ProofOptions>().Retention = TimeSpan.FromDays(30);
        log.World.Clock.Advance(TimeSpan.FromDays(30));
        await log.GrowAsync(30);
        await log.World.Get<DropBodies>().RunAsync(World.Ct);

        Assert.Equal(new ChainIntegrity(3, 5, null, null), await CheckAsync(log, Ever));

        await log.TamperAsync(
            $"""
            update audit_entries set body = '', agent_id = null, grant_id = null, principal_id = null, action = null, status = null
            where organization_id = {log.Organization} and chain = 'application' and seq = 7
            """);
        var found = await CheckAsync(log, Ever);
        Assert.Equal((1L, 5L, ChainBreak.Content), (found.Checked, found.Emptied, found.Reason));
    }

    public static TheoryData<EngineKind, string, int, ChainBreak> Tamperings()
    {
        var data = new TheoryData<EngineKind, string, int, ChainBreak>();
        foreach (var engine in Enum.GetValues<EngineKind>())
        {
            foreach (var what in new[] { "text", "garbage", "status", "time", "agent", "metadata and hash", "its own link", "leaf" }) data.Add(engine, what, 4, ChainBreak.Content);
            data.Add(engine, "the next one's link", 5, ChainBreak.Link);
            data.Add(engine, "lost", 5, ChainBreak.Link);
        }

        return data;
    }

    /// <summary>What somebody with access to the database does to the entry <paramref name="id"/>, the fourth of its chain.</summary>
    private static Sql Statement(string what, string organization, string id)
    {
        const string Other = "5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8";
        return what switch
        {
            "text" => $"update audit_entries set body = replace(body, 'did:example:1', 'did:example:2') where id = {id}",
            "garbage" => $"update audit_entries set body = 'x' where id = {id}",
            "status" => $"update audit_entries set status = 'blocked' where id = {id}",
            "time" => $"update audit_entries set created_ms = created_ms + 1 where id = {id}",
            "agent" => $"update audit_entries set agent_id = 'ag_2' where id = {id}",
            "metadata and hash" => $"update audit_entries set body = replace(body, {"\"metadata\":{}"}, {"\"metadata\":{\"a\":1}"}), hash = {Other} where id = {id}",
            "its own link" => $"update audit_entries set body = replace(body, 'prevHash', 'prevhash') where id = {id}",
            "leaf" => $"update audit_entries set leaf_hash = {new byte[32]} where id = {id}",
            "the next one's link" => $"update audit_entries set prev_hash = {Other} where organization_id = {organization} and chain = 'application' and seq = 5",
            "lost" => $"delete from audit_entries where id = {id}",
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }

    private static async Task<ChainIntegrity> CheckAsync(ProofWorld log, Period period)
    {
        var evidence = await GatherAsync(log, period);
        await ToListAsync(evidence);
        return evidence.Integrity;
    }

    private static async Task<Evidence> GatherAsync(ProofWorld log, Period period) =>
        (await log.World.Get<GatherEvidence>().RunAsync(log.World.Caller, period, log.World.Now, World.Ct)).Value;

    private static async Task<List<LoggedEntry>> ToListAsync(Evidence evidence)
    {
        var entries = new List<LoggedEntry>();
        await foreach (var entry in evidence.EntriesAsync(World.Ct)) entries.Add(entry);
        return entries;
    }
}
