using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Storage;

public sealed class MigratorTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory, EachEngine]
    public async Task Servers_that_start_together_apply_each_file_once(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        var files = Migrator.Shipped(engine);
        await using var second = DatabaseUrl.Engine(database.Url, poolMax: 4);
        Db[] nodes = [database.Db, new Db(second), database.Db, new Db(second)];

        var applied = await World.AllAtOnceAsync(nodes.Length, number => Task.Run(() => new Migrator(nodes[number], TimeProvider.System).ApplyAsync(files, Ct)));

        Assert.Equal(files.Count, applied.Sum());
        Assert.Equal(files.Count, await database.Db.NumberAsync($"select count(*) as n from schema_migrations", Ct));
        Assert.Empty(await new Migrator(database.Db, TimeProvider.System).PendingAsync(files, Ct));
    }

    [Theory, EachEngine]
    public async Task A_file_that_changed_after_it_was_applied_stops_everything(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var files = Migrator.Shipped(engine).Select(file => file with { Text = file.Text + "\n-- changed" }).ToList();

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => new Migrator(database.Db, TimeProvider.System).ApplyAsync(files, Ct));
        Assert.Contains(files[0].Name, error.Message, StringComparison.Ordinal);
    }

    [Theory, EachEngine]
    public async Task A_file_that_fails_leaves_nothing_of_itself(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        Migrator.Migration[] files = [new("9998_good.sql", "create table good (id integer)"), new("9999_bad.sql", "create table half (id integer); select nonsense from nowhere;")];
        var migrator = new Migrator(database.Db, TimeProvider.System);

        var begun = new List<string>();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => migrator.ApplyAsync(files, begun.Add, Ct));

        Assert.Equal(["9998_good.sql", "9999_bad.sql"], begun);
        Assert.Equal(["9999_bad.sql"], await migrator.PendingAsync(files, Ct));
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() => database.Db.NumberAsync($"select count(*) as n from half", Ct));
        Assert.Equal(0, await database.Db.NumberAsync($"select count(*) as n from good", Ct));
    }

    [Theory, EachEngine]
    public async Task Pending_files_are_known_on_an_empty_database(EngineKind engine)
    {
        await using var database = await TestDb.EmptyAsync(engine);
        Assert.Equal(Migrator.Shipped(engine).Count, (await new Migrator(database.Db, TimeProvider.System).PendingAsync(Migrator.Shipped(engine), Ct)).Count);
    }
}
