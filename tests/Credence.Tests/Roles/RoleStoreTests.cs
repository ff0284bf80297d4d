using Credence.Roles;
using Credence.Storage;
using Credence.Tests.Support;
using Npgsql;

namespace Credence.Tests.Roles;

public sealed class RoleStoreTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Theory, EachEngine]
    public async Task A_person_has_the_roles_that_were_assigned_once_each_the_highest_first(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        Assert.Empty(await RoleStore.OfAsync(database.Db, "7", Ct));
        Assert.True(await AssignAsync(database, "CUSTOMER"));
        Assert.True(await AssignAsync(database, "ADMIN"));
        Assert.False(await AssignAsync(database, "ADMIN"));

        var roles = await RoleStore.OfAsync(database.Db, "7", Ct);
        Assert.Equal(["ADMIN", "CUSTOMER"], roles.Select(role => role.Identifier));
        Assert.Equal([500, 10], roles.Select(role => role.Priority));
        Assert.Equal(("Administrator", RoleType.System), (roles[0].Name["en"], roles[0].Type));
        Assert.Empty(await RoleStore.OfAsync(database.Db, "70", Ct));
    }

    [Theory, EachEngine]
    public async Task Of_many_who_assign_a_role_at_once_one_does(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        var added = await World.AllAtOnceAsync(20, _ => AssignAsync(database, "ADMIN"));
        Assert.Single(added, true);
        Assert.Single(await RoleStore.OfAsync(database.Db, "7", Ct));
    }

    [Theory, EachEngine]
    public async Task A_role_that_there_is_not_cannot_be_assigned(EngineKind engine)
    {
        await using var database = await TestDb.OnAsync(engine);
        await Assert.ThrowsAsync<ArgumentException>(() => AssignAsync(database, "EMPEROR"));
    }

    /// <summary>The runbook's statement (contract identity A 38), typed into a session that nobody prepared.</summary>
    [Fact]
    public async Task The_runbook_shows_a_persons_edges_under_their_documented_names()
    {
        await using var database = await TestDb.OnAsync(EngineKind.Postgres);
        await AssignAsync(database, "ADMIN");

        await using var session = new NpgsqlConnection(DatabaseUrl.Settings(database.Url).ConnectionString + ";Pooling=false");
        await session.OpenAsync(Ct);
        Assert.Equal(1L, await AskAsync("""SELECT count(*) FROM "PolicyDefinition" WHERE subject_id = '7' AND subject_type = 'User';"""));
        Assert.Equal(1L, await AskAsync(
            """
            select count(*) from "PolicyDefinition" p join "Role" r on r.id = p.target_id
            where p.subject_id = '7' and r.identifier = 'ADMIN' and r.name ->> 'en' = 'Administrator' and p.scope = 'SYSTEM' and p.action is null
            """));
        Assert.Equal(0L, await AskAsync(
            """select count(*) from "PolicyDefinition" p where p.target_type = 'Permission' and not exists (select from "Permission" where id = p.target_id)"""));

        async Task<object?> AskAsync(string statement)
        {
            await using var command = new NpgsqlCommand(statement, session);
            return await command.ExecuteScalarAsync(Ct);
        }
    }

    private static async Task<bool> AssignAsync(TestDb database, string role)
    {
        await using var tx = await database.Db.BeginAsync(Ct);
        var added = await RoleStore.AssignAsync(tx, "7", role, "test", Now, Ct);
        await tx.CommitAsync();
        return added;
    }
}
