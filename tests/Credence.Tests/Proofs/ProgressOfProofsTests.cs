using Credence.Proofs;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Proofs;

/// <summary>How far a long export, or the check of one, is.</summary>
public sealed class ProgressOfProofsTests
{
    [Theory, EachEngine]
    public async Task An_export_tells_how_much_is_written_until_it_is_all(EngineKind engine)
    {
        await using var log = await ProofWorld.OnAsync(engine, entries: 300);
        var told = new List<(long Done, long All)>();

        await log.World.Get<ExportAudit>().RunAsync(log.Organization, Stream.Null, (done, all) => told.Add((done, all)), World.Ct);

        Assert.True(told.Count > 1, "more than one page");
        Assert.Equal(told.OrderBy(each => each.Done), told);
        Assert.Equal(told[^1].All, told[^1].Done);
    }

    [Fact]
    public async Task A_check_tells_how_many_lines_it_has_read()
    {
        var told = new List<long>();
        using var lines = new StringReader(string.Concat(Enumerable.Repeat("x\n", 2500)));

        await VerifyExport.RunAsync(lines, [], [], told.Add, World.Ct);

        Assert.Equal([1024, 2048], told);
    }
}
