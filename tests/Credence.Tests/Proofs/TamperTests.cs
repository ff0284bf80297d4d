using Credence.Proofs;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Proofs;

/// <summary>What somebody changes who can write to the database, or holds the exported file, and what the offline check says about it.</summary>
public sealed class TamperTests
{
    private const int Entries = 600;

    [Theory, EachEngine]
    public async Task A_log_that_nobody_touched_holds(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, Entries);
        var kept = (await log.CheckpointAsync()).Checkpoint;
        await log.GrowAsync(50);

        var verdict = await log.VerifyAsync(kept);

        Assert.Empty(verdict.Findings);
        Assert.True(verdict.Holds);
        Assert.Equal((await log.CheckpointAsync()).Checkpoint.Size, verdict.Entries);
        Assert.Equal((2, 1, 0), (verdict.Checkpoints, verdict.Kept, verdict.Dropped));
    }

    [Theory, EachEngine]
    public async Task A_changed_text_is_found_where_it_is(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, Entries);
        await log.CheckpointAsync();
        await log.TamperAsync($"update audit_entries set body = replace(body, 'tester', 'tesler') where organization_id = {log.Organization} and chain = 'system' and seq = 77");

        var place = $"system 77 (leaf {await log.LeafAsync("system", 77)})";
        Assert.Equal(new Finding(FindingKind.Changed, place, "its text is not what was hashed"), Assert.Single((await log.VerifyAsync()).Findings));
    }

    [Theory, EachEngine]
    public async Task A_changed_hash_is_found_where_it_is(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, Entries);
        await log.CheckpointAsync();
        await log.TamperAsync($"update audit_entries set hash = case when hash like '0%' then '1' else '0' end || substr(hash, 2) where organization_id = {log.Organization} and chain = 'application' and seq = 7");

        var finding = Assert.Single((await log.VerifyAsync()).Findings);
        Assert.Equal(FindingKind.Changed, finding.Kind);
        Assert.StartsWith("application 7 ", finding.Place, StringComparison.Ordinal);
        Assert.Equal("its hash on record is not the hash of its text", finding.What);
    }

    [Theory, EachEngine]
    public async Task A_changed_leaf_hash_is_found_where_it_is(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, Entries);
        await log.CheckpointAsync();
        await log.TamperAsync($"update audit_entries set leaf_hash = {new byte[32]} where organization_id = {log.Organization} and leaf = 300");

        var finding = Assert.Single((await log.VerifyAsync()).Findings);
        Assert.Equal((FindingKind.Changed, "its leaf hash on record is not the one of its text"), (finding.Kind, finding.What));
        Assert.Contains("(leaf 300)", finding.Place, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_changed_byte_of_a_tile_is_found_where_it_is_and_no_proof_is_given_from_it(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, Entries);
        await log.CheckpointAsync();
        var hashes = await log.TileAsync("hashes");
        hashes[(32 * 44) + 5] ^= 1;
        await log.TamperAsync($"update audit_tiles set hashes = {hashes} where organization_id = {log.Organization} and level = 0 and number = 1");

        Assert.Equal(
            new Finding(FindingKind.Changed, "tile 0/1", "it holds another hash for leaf 300 than the entry gives"), Assert.Single((await log.VerifyAsync()).Findings));
        var neighbour = await log.EntryAsync(301);
        var proof = await log.World.Get<ProveAudit>().EntryAsync(log.Organization, neighbour.Chain, neighbour.Sequence, null, World.Ct);
        Assert.Equal(ProofFailures.Damaged, proof.Failure);
    }

    [Theory, EachEngine]
    public async Task A_changed_root_of_a_tile_is_found_where_it_is_and_nothing_is_signed_over_it(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, Entries);
        await log.CheckpointAsync();
        var root = await log.TileAsync("root");
        root[31] ^= 1;
        await log.TamperAsync($"update audit_tiles set root = {root} where organization_id = {log.Organization} and level = 0 and number = 1");

        Assert.Equal(new Finding(FindingKind.Changed, "tile 0/1", "its root is not the one over its hashes"), Assert.Single((await log.VerifyAsync()).Findings));
        await log.GrowAsync(10);
        Assert.Equal(ProofFailures.Damaged, (await log.World.Get<MakeCheckpoint>().RunAsync(log.Organization, World.Ct)).Failure);
    }

    [Theory, EachEngine]
    public async Task A_deleted_entry_is_missing_by_name(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, Entries);
        await log.CheckpointAsync();
        var first = await log.EntryAsync(99);
        await log.TamperAsync($"delete from audit_entries where organization_id = {log.Organization} and leaf in (99, 100)");

        var findings = (await log.VerifyAsync()).Findings;

        Assert.All(findings, finding => Assert.Equal(FindingKind.Missing, finding.Kind));
        Assert.Equal(["leaf 99 to 100", $"{first.Chain} {first.Sequence} to {first.Sequence + 1}"], findings.Select(finding => finding.Place));
    }

    [Theory, EachEngine]
    public async Task A_tail_that_was_cut_is_truncated(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, Entries);
        await log.CheckpointAsync();
        await log.TamperAsync($"delete from audit_entries where organization_id = {log.Organization} and leaf >= 500");

        var findings = (await log.VerifyAsync()).Findings;

        Assert.All(findings, finding => Assert.Equal((FindingKind.Truncated, "leaf 500"), (finding.Kind, finding.Place)));
        Assert.NotEmpty(findings);
    }

    [Theory, EachEngine]
    public async Task A_tail_that_was_cut_with_everything_that_tells_of_it_is_known_by_a_checkpoint_kept_elsewhere(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 300);
        var early = (await log.CheckpointAsync()).Checkpoint;
        await log.GrowAsync(300);
        var kept = (await log.CheckpointAsync()).Checkpoint;
        await CutAsync(log, early.Size);

        Assert.Empty((await log.VerifyAsync()).Findings); // nothing in the database says so any more
        Assert.Equal(
            new Finding(FindingKind.Truncated, $"leaf {early.Size}", $"the log ends here, and a checkpoint of {kept.Size} leaves was kept elsewhere"),
            Assert.Single((await log.VerifyAsync(kept)).Findings));
    }

    [Theory, EachEngine]
    public async Task A_tail_that_was_rewritten_with_good_hashes_does_not_fit_what_was_signed(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 300);
        var early = (await log.CheckpointAsync()).Checkpoint;
        await log.GrowAsync(100);
        var kept = (await log.CheckpointAsync()).Checkpoint;
        var notes = await log.World.Db.ListAsync(
            $"select note from audit_checkpoints where organization_id = {log.Organization} and number = 2", row => row.Text("note"), World.Ct);
        await CutAsync(log, early.Size);
        await log.GrowAsync(100 + 20);

        // The last checkpoint put back, as one must who cannot sign another: the server does not sign over it, and the check says where it broke.
        await log.TamperAsync(
            $"""
            insert into audit_checkpoints (organization_id, number, size, note, created_ms, published)
            values ({log.Organization}, 2, {kept.Size}, {notes[0]}, {log.World.Now}, {false})
            """);
        Assert.Equal(ProofFailures.Damaged, (await log.World.Get<MakeCheckpoint>().RunAsync(log.Organization, World.Ct)).Failure);
        var findings = (await log.VerifyAsync()).Findings;
        Assert.Contains(findings, finding => finding.Kind == FindingKind.Changed && finding.Place == $"leaf {early.Size} to {kept.Size - 1}");
        Assert.Contains(findings, finding => finding.Kind == FindingKind.Unanchored && finding.Place.StartsWith($"leaf {kept.Size} to ", StringComparison.Ordinal));

        // Without it the server signs the new history; what was kept elsewhere does not fit.
        await log.TamperAsync($"delete from audit_checkpoints where organization_id = {log.Organization} and number = 2");
        Assert.Empty((await log.VerifyAsync()).Findings);
        var finding = Assert.Single((await log.VerifyAsync(kept)).Findings);
        Assert.Equal((FindingKind.Changed, $"leaf {early.Size} to {kept.Size - 1}"), (finding.Kind, finding.Place));
    }

    [Theory, EachEngine]
    public async Task An_emptied_text_that_no_checkpoint_allows_is_changed(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 40);
        await log.CheckpointAsync();
        await log.TamperAsync($"update audit_entries set body = '' where organization_id = {log.Organization} and leaf in (3, 4)");
        await log.TamperAsync($"insert into audit_retention (organization_id, target, emptied) values ({log.Organization}, 20, 20)");
        await log.GrowAsync(1);

        Assert.Equal(
            new Finding(FindingKind.Changed, "leaf 3 to 4", "the text is gone, and no checkpoint says that it may be"), Assert.Single((await log.VerifyAsync()).Findings));
    }

    [Theory, EachEngine]
    public async Task Checkpoints_of_another_key_anchor_nothing(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, 20);
        var export = await log.ExportAsync();
        var stranger = Credence.Keys.SigningKey.Generate(Credence.Keys.KeyAlgorithm.EdDSA);

        var findings = (await ProofWorld.VerifyAsync(export, [stranger])).Findings;

        Assert.All(findings, finding => Assert.Equal(FindingKind.Unanchored, finding.Kind));
        Assert.Equal(2, findings.Count);
    }

    [Fact]
    public async Task A_file_that_was_cut_or_lost_a_line_says_so()
    {
        await using var log = await ProofWorld.OnAsync(EngineKind.Sqlite, 300);
        await log.CheckpointAsync();
        await log.GrowAsync(30);
        await log.CheckpointAsync();
        await log.GrowAsync(5);
        var keys = await log.KeysAsync();
        var lines = (await log.ExportAsync()).TrimEnd('\n').Split('\n');
        Assert.Empty((await ProofWorld.VerifyAsync(string.Join('\n', lines), keys)).Findings);

        foreach (var (line, at) in lines.Select((line, at) => (line, at)))
        {
            if (line.Contains("\"type\":\"key\"", StringComparison.Ordinal) || line.Contains("\"type\":\"tile\"", StringComparison.Ordinal)) continue; // a service to the reader
            if (line.Contains("\"type\":\"retention\"", StringComparison.Ordinal)) continue;
            Assert.False((await ProofWorld.VerifyAsync(string.Join('\n', lines.Where((_, other) => other != at)), keys)).Holds, $"without line {at + 1}: {line}");
        }

        for (var length = 1; length < lines.Length; length += 37)
        {
            Assert.Contains((await ProofWorld.VerifyAsync(string.Join('\n', lines[..length]), keys)).Findings, finding => finding.Kind == FindingKind.Truncated);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("not json")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"type":"entry"}""")]
    [InlineData("""{"type":"log","origin":"a","size":"many"}""")]
    [InlineData("""{"type":"log","origin":null,"size":1}""")]
    [InlineData("""{"type":"tile","level":99,"number":-1,"hashes":"!","root":""}""")]
    public async Task What_is_no_export_never_holds_and_never_throws(string text) =>
        Assert.False((await ProofWorld.VerifyAsync(text, [Credence.Keys.SigningKey.Generate(Credence.Keys.KeyAlgorithm.EdDSA)])).Holds);

    /// <summary>Cuts the log back to a size, with heads, tiles and checkpoints: all that somebody finds in the database.</summary>
    private static async Task CutAsync(ProofWorld log, long size)
    {
        var organization = log.Organization;
        await log.TamperAsync($"delete from audit_entries where organization_id = {organization} and leaf >= {size}");
        await log.TamperAsync($"delete from audit_checkpoints where organization_id = {organization} and size > {size}");
        await log.TamperAsync($"update audit_heads set seq = {size} where organization_id = {organization} and chain = 'tree'");
        foreach (var chain in new[] { "system", "application" })
        {
            await log.TamperAsync(
                $"""
                update audit_heads set
                    seq = (select max(seq) from audit_entries where organization_id = {organization} and chain = {chain}),
                    hash = (select hash from audit_entries where organization_id = {organization} and chain = {chain} order by seq desc limit 1)
                where organization_id = {organization} and chain = {chain}
                """);
        }

        await using var tx = await log.World.Db.BeginAsync(World.Ct);
        await tx.ExecuteAsync($"delete from audit_tiles where organization_id = {organization} and (number + 1) * 256 > {size}", World.Ct);
        await tx.CommitAsync();
    }
}
