using System.Data.Common;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Credence.Storage;

/// <summary>SQLite in WAL mode, from the operating system's library: the embedded default for one node.</summary>
public sealed class SqliteEngine : Engine
{
    private readonly string _connectionString;
    private readonly SemaphoreSlim _writer = new(1, 1);

    static SqliteEngine()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
    }

    /// <summary>A database in <paramref name="file"/>, made when it is not there.</summary>
    public SqliteEngine(string file) => _connectionString = new SqliteConnectionStringBuilder
    {
        DataSource = file,
        ForeignKeys = true,
        DefaultTimeout = 30,
    }.ToString();

    /// <inheritdoc/>
    public override EngineKind Kind => EngineKind.Sqlite;

    /// <inheritdoc/>
    public override string? Traced => "sqlite";

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var connection = new SqliteConnection(_connectionString);
        try
        {
            await connection.OpenAsync(ct);
            await using var pragma = connection.CreateCommand();
            pragma.CommandText = "pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 30000;";
            await pragma.ExecuteNonQueryAsync(ct);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public override DbCommand Command(DbConnection connection, DbTransaction? transaction, Sql sql)
    {
        var command = ((SqliteConnection)connection).CreateCommand();
        command.CommandText = sql.Text;
        command.Transaction = (SqliteTransaction?)transaction;
        for (var at = 0; at < sql.Values.Count; at++) command.Parameters.AddWithValue($"${at + 1}", sql.Values[at]);
        return command;
    }

    /// <inheritdoc/>
    public override bool Pipelines => false;

    /// <inheritdoc/>
    public override DbBatch Batch(DbConnection connection, DbTransaction transaction, IEnumerable<Sql> statements) =>
        throw new NotSupportedException("this driver sends one statement at a time");

    /// <inheritdoc/>
    public override Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken ct) =>
        Task.FromResult<DbTransaction>(((SqliteConnection)connection).BeginTransaction(deferred: false));

    /// <inheritdoc/>
    public override async Task<IDisposable?> EnterWriterAsync(CancellationToken ct)
    {
        await _writer.WaitAsync(ct);
        return new Turn(_writer);
    }

    /// <inheritdoc/>
    public override Sql ForShare => Sql.None;

    /// <inheritdoc/>
    public override Sql ForClaim => Sql.None;

    /// <inheritdoc/>
    /// <remarks>Each migration is an immediate transaction that looks again, so the file's own lock is enough.</remarks>
    public override Task ExclusivelyAsync(Func<Task> work, CancellationToken ct) => work();

    /// <inheritdoc/>
    public override bool IsUnavailable(Exception error) =>
        error is SqliteException { SqliteErrorCode: raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN };

    /// <inheritdoc/>
    public override bool IsDuplicate(Exception error) =>
        error is SqliteException { SqliteExtendedErrorCode: raw.SQLITE_CONSTRAINT_UNIQUE or raw.SQLITE_CONSTRAINT_PRIMARYKEY };

    /// <inheritdoc/>
    public override ValueTask DisposeAsync()
    {
        using var connection = new SqliteConnection(_connectionString);
        SqliteConnection.ClearPool(connection);
        _writer.Dispose();
        return ValueTask.CompletedTask;
    }

    private static IntPtr Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != "e_sqlite3") return IntPtr.Zero;
        var file = OperatingSystem.IsWindows() ? "winsqlite3" : OperatingSystem.IsMacOS() ? "libsqlite3.dylib" : "libsqlite3.so.0";
        return NativeLibrary.Load(file);
    }

    private sealed class Turn(SemaphoreSlim gate) : IDisposable
    {
        private SemaphoreSlim? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Release();
    }
}
