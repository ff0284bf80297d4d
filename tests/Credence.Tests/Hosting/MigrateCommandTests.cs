using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Hosting;

/// <summary>The built program brings a database up to date, or says why it does not (contract operations O15, O17).</summary>
public sealed class MigrateCommandTests : IDisposable
{
    private readonly TempFolder _folder = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(null, "migrate")]
    [InlineData("migrate", null)]
    public async Task Migrating_applies_what_is_missing_and_ends_with_0(string? runMode, string? command)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["DATABASE_URL"] = $"sqlite:{Path.Combine(_folder.Path, "m.db")}" };
        if (runMode is not null) settings["RUN_MODE"] = runMode;
        for (var turn = 0; turn < 2; turn++)
        {
            var (exitCode, _, errors) = await ServerProcess.RunAsync(settings, command is null ? [] : [command]);
            Assert.Equal(0, exitCode);
            Assert.Contains(errors, line => ServerProcess.Message(line)!.StartsWith("migrations applied: ", StringComparison.Ordinal) && ServerProcess.Message(line)!.EndsWith(": 0", StringComparison.Ordinal) == (turn == 1));
        }
    }

    [Fact]
    public async Task Migrating_says_why_it_failed_and_once_the_reason_is_gone_it_goes_on()
    {
        await using var database = await TestDb.EmptyAsync(EngineKind.Postgres);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["DATABASE_URL"] = database.Url, ["STARTUP_WAIT_SECONDS"] = "1" };
        var away = new Dictionary<string, string>(settings, StringComparer.Ordinal) { ["DATABASE_URL"] = $"postgresql://u@127.0.0.1:{ServerProcess.FreePort()}/none" };
        Assert.StartsWith("Migration failed: ", await FatalAsync(away), StringComparison.Ordinal);

        await ExecuteAsync($"create schema credence");
        await ExecuteAsync($"create table credence.agents (id integer)");
        Assert.Matches("^Migration failed: .*relation \"agents\" already exists", await FatalAsync(settings));
        await ExecuteAsync($"drop table credence.agents");
        Assert.Equal(0, (await ServerProcess.RunAsync(settings, "migrate")).ExitCode);
        Assert.Equal(Migrator.Shipped(EngineKind.Postgres).Count, await database.Db.NumberAsync($"select count(*) as n from schema_migrations", Ct));

        async Task<string> FatalAsync(Dictionary<string, string> with)
        {
            var (exitCode, _, errors) = await ServerProcess.RunAsync(with, "migrate");
            Assert.Equal(1, exitCode);
            return ServerProcess.Message(Assert.Single(errors, line => line.Contains("\"level\":\"fatal\"", StringComparison.Ordinal)))!;
        }

        async Task ExecuteAsync(Sql statement)
        {
            await using var tx = await database.Db.BeginAsync(Ct);
            await tx.ExecuteAsync(statement, Ct);
            await tx.CommitAsync();
        }
    }

    [Fact]
    public async Task Migrating_that_takes_long_says_what_it_is_at()
    {
        await using var database = await TestDb.EmptyAsync(EngineKind.Postgres);
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["DATABASE_URL"] = database.Url };
        ServerProcess? migrating = null;
        try
        {
            await database.Db.Engine.ExclusivelyAsync(
                async () =>
                {
                    migrating = ServerProcess.Start(settings, "migrate");
                    await migrating.LineAsync("migrating: another process migrates");
                },
                Ct);
            Assert.Equal(0, await migrating!.ExitAsync());
        }
        finally
        {
            if (migrating is not null) await migrating.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_migration_that_changed_after_it_was_applied_stops_the_start()
    {
        var settings = ServerProcess.Embedded(_folder.Path);
        Assert.Equal(0, (await ServerProcess.RunAsync(settings, "migrate")).ExitCode);
        await using (var engine = DatabaseUrl.Engine(settings["DATABASE_URL"], poolMax: 1))
        {
            await using var tx = await new Db(engine).BeginAsync(Ct);
            await tx.ExecuteAsync($"update schema_migrations set checksum = 'another'", Ct);
            await tx.CommitAsync();
        }

        var (exitCode, output, _) = await ServerProcess.RunAsync(settings);
        Assert.Equal(1, exitCode);
        Assert.Contains("\"step\":\"migrations\"", Assert.Single(output, line => line.Contains("\"level\":\"fatal\"", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();
}
