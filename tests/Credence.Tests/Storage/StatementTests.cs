using Credence.Organizations;
using Credence.Storage;
using Credence.Tests.Support;
using Npgsql;

namespace Credence.Tests.Storage;

public sealed class StatementTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_prepared_statement_that_names_its_columns_goes_on_when_a_migration_adds_one()
    {
        await using var database = await TestDb.OnAsync(EngineKind.Postgres);
        await using var engine = DatabaseUrl.Engine(database.Url, poolMax: 1); // one connection, which prepares what it runs often
        var node = new Db(engine);
        for (var run = 0; run < 10; run++)
        {
            await NamedAsync(node);
            await StarredAsync(node);
        }

        await new Migrator(database.Db, TimeProvider.System).ApplyAsync([new("9999_later.sql", "alter table organizations add column later text")], Ct);

        var stale = await Assert.ThrowsAsync<PostgresException>(() => StarredAsync(node));
        Assert.Equal("0A000", stale.SqlState); // so the connection had prepared them
        await NamedAsync(node);
    }

    [Fact]
    public void Columns_are_spliced_into_a_statement_under_the_alias_of_a_join()
    {
        var columns = Sql.Of($"id, name,\n    created_ms");
        var statement = Sql.Of($"select {columns.From('o')}, {columns} from organizations o where o.id = {"org"}");
        Assert.Equal("select o.id, o.name, o.created_ms, id, name,\n    created_ms from organizations o where o.id = $1", statement.Text);
        Assert.Equal("id, name,\n    created_ms", columns.Text);
    }

    private static Task<List<Organization>> NamedAsync(Db db) => OrganizationStore.ListAsync(db, 0, 1, Ct);

    private static Task<List<Organization>> StarredAsync(Db db) => db.ListAsync($"select * from organizations", Organization.Read, Ct);
}
