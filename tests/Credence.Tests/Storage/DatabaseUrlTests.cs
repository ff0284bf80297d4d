using Credence.Storage;
using Credence.Tests.Support;
using Npgsql;

namespace Credence.Tests.Storage;

public sealed class DatabaseUrlTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_database_address_sets_the_pool_as_documented()
    {
        await using var database = await TestDb.OnAsync(EngineKind.Postgres);
        await using var connection = await database.Db.Engine.OpenAsync(Ct);
        var settings = new NpgsqlConnectionStringBuilder(connection.ConnectionString);

        Assert.Equal(10, settings.MaxPoolSize);
        Assert.Equal(24 * 24 * 60 * 60, settings.ConnectionIdleLifetime); // as near to never as the driver goes
        Assert.Equal(30, settings.Timeout);
        Assert.Equal(1, await database.Db.NumberAsync(
            $"select count(*) as n from pg_stat_activity where pid = pg_backend_pid() and application_name = 'credence' and state = 'active'", Ct));
    }

    [Theory]
    [InlineData("postgresql://u:p%40ss@db.example.test:6432/main?sslmode=require", "db.example.test", 6432, "p@ss", SslMode.Require)]
    [InlineData("postgres://u@[::1]/main?sslmode=disable", "::1", 5432, null, SslMode.Disable)]
    [InlineData("host=db.example.test port=6432 dbname=main user=u password='p\\'s s' sslmode=verify-full", "db.example.test", 6432, "p's s", SslMode.VerifyFull)]
    public async Task Addresses_are_read_as_libpq_reads_them(string url, string host, int port, string? password, SslMode tls)
    {
        var settings = DatabaseUrl.Settings(url);
        Assert.Equal((host, port, "main", "u", password, tls), (settings.Host, settings.Port, settings.Database, settings.Username, settings.Password, settings.SslMode));
        await using var engine = DatabaseUrl.Engine(url, poolMax: 3);
        Assert.Equal(EngineKind.Postgres, engine.Kind);
    }

    [Theory]
    [InlineData("mysql://secret@host/db")]
    [InlineData("postgresql://u:secret@host/db?nonsense=secret")]
    [InlineData("postgresql://u:secret@host/db?sslmode=secret")]
    [InlineData("secret")]
    [InlineData("host=h password='secret")]
    [InlineData("password=secret")]
    [InlineData("sqlite:")]
    public void What_cannot_be_read_is_refused_without_repeating_it(string url)
    {
        var error = Assert.Throws<FormatException>(() => DatabaseUrl.Engine(url, poolMax: 3));
        Assert.DoesNotContain("secret", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sqlite:data/x.db", "data/x.db")]
    [InlineData("sqlite:/var/x.db", "/var/x.db")]
    [InlineData("sqlite:///var/x.db", "/var/x.db")]
    [InlineData("postgresql://h/db", null)]
    public void An_sqlite_address_names_its_file(string url, string? file) => Assert.Equal(file, DatabaseUrl.SqliteFile(url));
}
