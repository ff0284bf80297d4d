using Credence.Storage;

namespace Credence.Tests.Support;

public sealed class TestDbTests
{
    [Theory, EachEngine]
    public async Task Each_test_has_a_database_of_its_own(EngineKind engine)
    {
        await using var one = await TestDb.OnAsync(engine);
        await using var other = await TestDb.OnAsync(engine);

        await using (var tx = await one.Db.BeginAsync(TestContext.Current.CancellationToken))
        {
            await tx.ExecuteAsync($"insert into heads (name, value) values ('only here', 7)", TestContext.Current.CancellationToken);
            await tx.CommitAsync();
        }

        Assert.Equal(7, await one.Db.NumberAsync($"select value as n from heads where name = 'only here'", TestContext.Current.CancellationToken));
        Assert.Equal(0, await other.Db.NumberAsync($"select value as n from heads where name = 'only here'", TestContext.Current.CancellationToken));
    }
}
