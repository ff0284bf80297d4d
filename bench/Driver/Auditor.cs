using Credence.Audit;
using Credence.Storage;

namespace Credence.Bench;

/// <summary>What an auditor's requests cost those who only verify tokens meanwhile (contract grantex-enterprise 2).</summary>
internal static class Auditor
{
    /// <summary>The answers that are taken whole.</summary>
    public static readonly string[] Paths = ["/v1/compliance/evidence-pack", "/v1/compliance/export/audit", "/v1/compliance/export/grants"];

    private const int AtOnce = 5_000;

    /// <summary>Logs as developers do until the organization's application chain has <paramref name="wanted"/> entries: every hash and link of it is real, so that checking it is real work.</summary>
    public static async Task LogAsync(string databaseUrl, string organization, int wanted, CancellationToken ct)
    {
        await using var engine = DatabaseUrl.Engine(databaseUrl, poolMax: 2);
        var db = new Db(engine);
        var log = new LogEntry(db, TimeProvider.System);
        for (var there = (await LoggedStore.HeadAsync(db, organization, ct)).Sequence; there < wanted; there += AtOnce)
        {
            var from = there;
            await Task.WhenAll(Enumerable.Range(0, (int)Math.Min(AtOnce, wanted - from)).Select(number => log.RunAsync(organization, null, Entry(from + number), ct)));
        }
    }

    /// <summary>Measures verification alone, and while an auditor takes everything.</summary>
    public static async Task BesideVerifyAsync(Stores stores, Pace pace, Table table, CancellationToken ct)
    {
        await using var server = await ServerUnderLoad.CredenceAsync(stores);
        var work = await Works.PrepareAsync(server, server, ct);
        var alone = await work.VerifyAsync(pace, ct);
        var beside = work.VerifyOnceAsync(pace.Round * 3, ct);
        var (taken, growth) = await TakeWhileAsync(server, beside, ct);
        var figures = await beside;
        table.Add("POST /v1/tokens/verify, alone", alone);
        table.Add("  beside an auditor", figures, $"{figures.PerSecond / alone.PerSecond:P0} of alone");
        table.Add("  its p99", $"{figures.P99 / alone.P99:N1} times", "≤ 3 times", figures.P99 <= 3 * alone.P99);
        table.Add("  what the auditor took meanwhile", $"{taken:N0} MB");
        table.Add("  memory the server grew by meanwhile", $"{growth:N0} MB", "≤ 100 MB", growth <= 100);
    }

    /// <summary>Takes the answers one after the other, again and again, until <paramref name="meanwhile"/> has ended.</summary>
    /// <returns>How many megabytes came, and by how many the server grew at most.</returns>
    private static async Task<(double Taken, double Growth)> TakeWhileAsync(ServerUnderLoad server, Task meanwhile, CancellationToken ct)
    {
        var before = server.ResidentMegabytes();
        var answers = new List<LongList>();
        while (!meanwhile.IsCompleted) answers.Add(await LongList.TakeAsync(server, Paths[answers.Count % Paths.Length], meanwhile, ct));
        return (answers.Sum(answer => answer.Megabytes), answers.Max(answer => answer.Peak) - before);
    }

    private static Logged Entry(long number) => new(
        Fill.OneAgent, $"did:grantex:{Fill.OneAgent}", $"grnt_{number % 1_000}", $"person-{number % 100}", "calendar.read", $$"""{"calendar":"work","entry":{{number}}}""",
        number % 100 == 0 ? LoggedStatus.Failure : LoggedStatus.Success);
}
