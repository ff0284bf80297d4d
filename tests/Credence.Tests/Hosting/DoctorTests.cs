using Credence.Server.Hosting.Doctor;
using Credence.Server.Hosting.Settings;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>What <c>credence doctor</c> sees that a test of the built program cannot plant: clocks that differ, and machines that are elsewhere.</summary>
public sealed class DoctorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-60, "ahead of")]
    [InlineData(60, "behind")]
    [InlineData(0, null)]
    public async Task Clocks_that_do_not_agree_are_found_at_both_stores(int seconds, string? where)
    {
        await using var database = await TestDb.OnAsync(EngineKind.Postgres);
        var settings = SettingValues.Read(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["DATABASE_URL"] = database.Url,
            ["REDIS_URL"] = RedisServer.SharedUrl,
            ["DATA_ENCRYPTION_KEY"] = TestKeys.DataKey,
            ["AUTO_GENERATE_KEYS"] = "false",
        });

        var report = await new Examine(settings, new ClockThatIsOff(TimeSpan.FromSeconds(seconds)), TimeSpan.FromMinutes(1)).RunAsync(100, asksOutside: false, _ => { }, Ct);

        var clocks = report.Findings.Where(finding => finding.Wrong == "the clocks do not agree").ToList();
        Assert.Equal(where is null ? [] : ["database", "redis"], clocks.Select(finding => finding.Check));
        Assert.All(clocks, finding => Assert.Matches($"(59|60|61) s {where} this machine's", finding.Seen));
        Assert.All(clocks, finding => Assert.Contains("timedatectl", finding.Fix, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("postgresql://u:secret@db.example.test/c", true)]
    [InlineData("postgresql://u:secret@db.example.test/c?sslmode=prefer", true)]
    [InlineData("postgresql://u:secret@db.example.test/c?sslmode=verify-full", false)]
    [InlineData("postgresql://u:secret@db.example.test/c?sslmode=require", false)]
    [InlineData("postgresql://u:secret@127.0.0.1/c", false)]
    [InlineData("host=/var/run/postgresql dbname=c", false)]
    public void In_production_a_database_elsewhere_wants_TLS(string url, bool isFound)
    {
        var found = Production(("DATABASE_URL", url));

        Assert.Equal(isFound, found.Exists(finding => finding.Wrong.Contains("can be read on the way", StringComparison.Ordinal) && finding.Fix.Contains("sslmode=verify-full", StringComparison.Ordinal)));
        Assert.DoesNotContain(found, finding => finding.ToString().Contains("secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("redis://redis.example.test", true)]
    [InlineData("redis://:secret@redis.example.test", false)]
    [InlineData("redis://localhost", false)]
    [InlineData("redis+sentinel://a.example.test,b.example.test/main", true)]
    public void In_production_a_redis_elsewhere_wants_a_password(string url, bool isFound)
    {
        var found = Production(("REDIS_URL", url));

        Assert.Equal(isFound, found.Exists(finding => finding.Wrong.Contains("whoever reaches Redis", StringComparison.Ordinal) && finding.Fix.Contains("requirepass", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(9, 100, true)] // less than a tenth of a small disk
    [InlineData(11, 100, false)]
    [InlineData(2047, 1_000_000, true)] // less than 2 GB of a large one
    [InlineData(2048, 1_000_000, false)]
    public void A_disk_that_is_nearly_full_is_found_wherever_this_server_writes(long free, long total, bool isFound)
    {
        using var folder = new TempFolder();
        var (data, mails, checkpoints) = (Path.Combine(folder.Path, "data"), Path.Combine(folder.Path, "yet", "to", "be"), Directory.CreateDirectory(Path.Combine(folder.Path, "notes")).FullName);
        var settings = SettingValues.Read(new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DATABASE_URL"] = $"sqlite:{Path.Combine(data, "c.db")}",
            ["USAGE_JOURNAL_DIR"] = folder.Path,
            ["AUDIT_CHECKPOINT_FILE"] = Path.Combine(checkpoints, "all"),
            ["MAIL_PICKUP_DIR"] = mails,
        });
        var looked = new List<string>();
        var found = new Examination();

        DiskCheck.Run(settings, Look, found);

        Assert.Equal([folder.Path, folder.Path, checkpoints, folder.Path], looked); // what is yet to be made will be on the disk of what is there
        Assert.Equal(isFound ? 4 : 0, found.Report().Findings.Count);
        Assert.All(found.Report().Findings, finding => Assert.Matches($"is nearly full. Seen: {free} MB of {total} are free at /.* Do: make room", finding.ToString()));
        Assert.Equal(4, found.Report().Looked.Count);

        DiskCheck.Room? Look(string place)
        {
            looked.Add(place);
            return new DiskCheck.Room(free << 20, total << 20);
        }
    }

    [Fact]
    public void A_disk_that_does_not_say_how_much_room_it_has_is_no_finding()
    {
        using var folder = new TempFolder();
        var settings = SettingValues.Read(new Dictionary<string, string>(StringComparer.Ordinal) { ["AUDIT_CHECKPOINT_FILE"] = Path.Combine(folder.Path, "all") });
        var found = new Examination();

        DiskCheck.Run(settings, _ => null, found);

        Assert.Empty(found.Report().Findings);
        Assert.Equal(["disk of the audit log's checkpoints: it does not say how much room it has"], found.Report().Looked);
    }

    private static List<Finding> Production(params (string Name, string Value)[] changed)
    {
        var environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DATABASE_URL"] = "postgresql://127.0.0.1/c",
            ["REDIS_URL"] = "redis://127.0.0.1",
            ["DATA_ENCRYPTION_KEY"] = TestKeys.DataKey,
            ["PUBLIC_BASE_URL"] = "https://id.example.test",
            ["TRUST_PROXY"] = "1",
        };
        foreach (var (name, value) in changed) environment[name] = value;
        var found = new Examination();
        SettingsCheck.Run(SettingValues.Read(environment), found);
        return [.. found.Report().Findings];
    }

    /// <summary>This machine's clock, wrong by so much.</summary>
    private sealed class ClockThatIsOff(TimeSpan by) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + by;
    }
}
