using System.Security.Cryptography;
using Credence.Storage;

namespace Credence.Tests.Support;

/// <summary>A fresh, migrated database that is gone when the test is over.</summary>
public sealed class TestDb : IAsyncDisposable
{
    private readonly string _name;
    private readonly string? _folder;
    private readonly Engine _engine;
    private readonly bool _isMine;

    private TestDb(string name, string url, string? folder, bool isMine = true)
    {
        _isMine = isMine;
        _name = name;
        _folder = folder;
        Url = url;
        _engine = DatabaseUrl.Engine(url, poolMax: 10);
        Db = new Db(_engine);
    }

    /// <summary>The database.</summary>
    public Db Db { get; }

    /// <summary>Its address, for a second node or a second process on the same data.</summary>
    public string Url { get; }

    /// <summary>A database of its own for one test: a temporary file, or a new database on the server that <c>TEST_DATABASE_URL</c> names.</summary>
    public static async Task<TestDb> OnAsync(EngineKind engine)
    {
        var database = await EmptyAsync(engine);
        try
        {
            await new Migrator(database.Db, TimeProvider.System).ApplyAsync(Migrator.Shipped(engine), CancellationToken.None);
            return database;
        }
        catch
        {
            await database.DisposeAsync();
            throw;
        }
    }

    /// <summary>The same without its tables.</summary>
    public static async Task<TestDb> EmptyAsync(EngineKind engine)
    {
        var name = "t_" + RandomNumberGenerator.GetHexString(16, lowercase: true);
        return engine == EngineKind.Sqlite ? OnSqlite(name) : await OnPostgresAsync(name);
    }

    /// <summary>The same database through connections of another node; it stays when this is disposed.</summary>
    public TestDb Again() => new(_name, Url, _folder, isMine: false);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _engine.DisposeAsync();
        if (!_isMine) return;
        if (_folder is not null) Directory.Delete(_folder, recursive: true);
        else await OnServerAsync($"drop database if exists {_name} with (force)");
    }

    private static TestDb OnSqlite(string name)
    {
        var folder = Directory.CreateTempSubdirectory("credence-").FullName;
        return new TestDb(name, $"sqlite:{Path.Combine(folder, name + ".db")}", folder);
    }

    private static async Task<TestDb> OnPostgresAsync(string name)
    {
        await OnServerAsync($"create database {name}");
        return new TestDb(name, new UriBuilder(ServerUrl()) { Path = "/" + name }.Uri.AbsoluteUri, null);
    }

    private static async Task OnServerAsync(string statement)
    {
        await using var server = DatabaseUrl.Engine(ServerUrl(), poolMax: 1);
        await using var connection = await server.OpenAsync(CancellationToken.None);
        var sql = new Sql(0, 0);
        sql.AppendLiteral(statement);
        await using var command = server.Command(connection, null, sql);
        command.CommandTimeout = 0; // on a busy machine making a database takes its time
        await command.ExecuteNonQueryAsync();
    }

    private static string ServerUrl() =>
        Environment.GetEnvironmentVariable("TEST_DATABASE_URL") is { Length: > 0 } url
            ? url
            : throw new InvalidOperationException(
                "TEST_DATABASE_URL is not set: it names the PostgreSQL server for tests (postgresql://user@127.0.0.1:port/postgres); ./test starts one and sets it.");
}
