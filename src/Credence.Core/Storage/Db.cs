using System.Data.Common;
using Credence.Telemetry;

namespace Credence.Storage;

/// <summary>Something that reads. Only a <see cref="DbTx"/> writes.</summary>
public abstract class DbSession
{
    /// <summary>The first row, or null when there is none.</summary>
    public async Task<T?> FirstAsync<T>(Sql sql, Func<Row, T> read, CancellationToken ct)
        where T : class
    {
        var rows = await RowsAsync(sql, read, One, ct);
        return rows.Count == 0 ? null : rows[0];
    }

    /// <summary>Every row, in the order the statement gives.</summary>
    public Task<List<T>> ListAsync<T>(Sql sql, Func<Row, T> read, CancellationToken ct) => RowsAsync(sql, read, null, ct);

    /// <summary>The rows up to the first of which <paramref name="isLast"/> says that it is enough; the rest is not kept.</summary>
    public Task<List<T>> ListUntilAsync<T>(Sql sql, Func<Row, T> read, Func<T, bool> isLast, CancellationToken ct) => RowsAsync(sql, read, isLast, ct);

    /// <summary>The number in the first column of the first row; 0 when there is no row or it is null.</summary>
    public async Task<long> NumberAsync(Sql sql, CancellationToken ct)
    {
        var found = await RowsAsync(sql, row => row.LongOrNull("n"), One, ct);
        return found.Count == 0 ? 0 : found[0] ?? 0;
    }

    /// <summary>Reads rows, all of them or up to the last one that is wanted.</summary>
    private protected abstract Task<List<T>> RowsAsync<T>(Sql sql, Func<Row, T> read, Func<T, bool>? isLast, CancellationToken ct);

    private protected static async Task<List<T>> ReadAsync<T>(DbDataReader opened, Func<Row, T> read, Func<T, bool>? isLast, CancellationToken ct)
    {
        var rows = new List<T>();
        await using var reader = opened;
        var row = new Row(reader);
        while (await reader.ReadAsync(ct))
        {
            rows.Add(read(row));
            if (isLast?.Invoke(rows[^1]) == true) break;
        }

        return rows;
    }

    private static bool One<T>(T row) => true;
}

/// <summary>The database. Reading through it takes a connection for one statement; writing needs <see cref="BeginAsync"/>.</summary>
public sealed class Db(Engine engine, Metrics? metrics = null) : DbSession
{
    private readonly CommitTopics _topics = new();
    private readonly DbWatch _watch = new(engine, metrics);

    /// <summary>Which engine it is, for the few things the two do differently.</summary>
    public Engine Engine => engine;

    /// <summary>Calls <paramref name="heard"/> after each commit of this process in which <see cref="DbTx.Tells"/> named <paramref name="topic"/>.</summary>
    /// <remarks>It runs on the committer's thread, so it must be quick and never throw. Other processes are told over the shared state.</remarks>
    public void WhenCommitted(string topic, Action heard) => _topics.Add(topic, heard);

    /// <summary>Begins a transaction that may write. Disposing it without <see cref="DbTx.CommitAsync"/> undoes it.</summary>
    /// <remarks>On SQLite writers queue here, and one holds the file at a time: no network call belongs between this and the commit.</remarks>
    public async Task<DbTx> BeginAsync(CancellationToken ct)
    {
        var release = await _watch.EnterAsync(engine, ct);
        DbConnection? connection = null;
        try
        {
            connection = await _watch.OpenAsync(engine, ct);
            var transaction = await engine.BeginAsync(connection, ct);
            return new DbTx(engine, connection, transaction, release, _topics, _watch);
        }
        catch
        {
            if (connection is not null)
            {
                await connection.DisposeAsync();
                _watch.Closed();
            }

            release?.Dispose();
            throw;
        }
    }

    private protected override async Task<List<T>> RowsAsync<T>(Sql sql, Func<Row, T> read, Func<T, bool>? isLast, CancellationToken ct)
    {
        var connection = await _watch.OpenAsync(engine, ct);
        return await _watch.RunAsync(sql.Operation, () => ReadAndCloseAsync(connection, sql, read, isLast, ct)).WaitAsync(engine.AnswerWithin, CancellationToken.None);
    }

    private async Task<List<T>> ReadAndCloseAsync<T>(DbConnection connection, Sql sql, Func<Row, T> read, Func<T, bool>? isLast, CancellationToken ct)
    {
        try
        {
            await using (connection)
            {
                await using var command = engine.Command(connection, null, sql);
                return await ReadAsync(await command.ExecuteReaderAsync(ct), read, isLast, ct);
            }
        }
        finally
        {
            _watch.Closed();
        }
    }
}

/// <summary>A transaction: everything in it happens at its commit, or nothing of it does.</summary>
public sealed class DbTx : DbSession, IAsyncDisposable
{
    private readonly Engine _engine;
    private readonly DbConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly IDisposable? _release;
    private readonly List<Sql> _later = [];
    private readonly CommitTopics _topics;
    private readonly DbWatch _watch;
    private readonly HashSet<string> _told = new(StringComparer.Ordinal);
    private Task _running = Task.CompletedTask; // a statement that is no longer waited for may still hold the connection

    internal DbTx(Engine engine, DbConnection connection, DbTransaction transaction, IDisposable? release, CommitTopics topics, DbWatch watch)
    {
        _engine = engine;
        _connection = connection;
        _transaction = transaction;
        _release = release;
        _topics = topics;
        _watch = watch;
    }

    /// <summary>At the end of a select: nobody changes those rows until this transaction ends, though others may read and pin them too.</summary>
    public Sql ForShare => _engine.ForShare;

    /// <summary>At the end of a select: takes those rows until this transaction ends, and passes over rows that another transaction is taking.</summary>
    public Sql ForClaim => _engine.ForClaim;

    /// <summary>Runs a statement that answers no rows.</summary>
    /// <returns>How many rows it changed: for a conditional update, whether this caller won.</returns>
    public Task<int> ExecuteAsync(Sql sql, CancellationToken ct)
    {
        return WaitAsync(_watch.RunAsync(sql.Operation, RunAsync));

        async Task<int> RunAsync()
        {
            if (Together(sql) is { } batch)
            {
                await using (batch)
                {
                    await batch.ExecuteNonQueryAsync(ct);
                    return batch.BatchCommands[^1].RecordsAffected;
                }
            }

            await using var command = _engine.Command(_connection, _transaction, sql);
            return await command.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Runs statements that may have a large table to go through.</summary>
    /// <param name="sql">The statements.</param>
    /// <param name="most">How long they may take; null for as long as they do.</param>
    /// <param name="ct">Ends the wait.</param>
    internal async Task ExecuteLongAsync(Sql sql, TimeSpan? most, CancellationToken ct)
    {
        await using var command = _engine.Command(_connection, _transaction, sql);
        command.CommandTimeout = (int)(most ?? TimeSpan.Zero).TotalSeconds;
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Runs a statement of which nobody asks how many rows it changed: where that saves a round trip, together with the next one or the commit.</summary>
    public Task LaterAsync(Sql sql, CancellationToken ct)
    {
        if (!_engine.Pipelines) return ExecuteAsync(sql, ct);
        _later.Add(sql);
        return Task.CompletedTask;
    }

    /// <summary>Makes it all durable. Takes no cancellation: once asked, the outcome must be known.</summary>
    public async Task CommitAsync()
    {
        await WaitAsync(_watch.RunAsync("commit", RunAsync));
        foreach (var topic in _told) _topics.Tell(topic);

        async Task<bool> RunAsync()
        {
            await (Together($"commit") is { } batch ? SendAsync(batch) : _transaction.CommitAsync(CancellationToken.None));
            return true;
        }
    }

    /// <summary>Once this is committed, and only then, those who asked <see cref="Db.WhenCommitted"/> for <paramref name="topic"/> are called.</summary>
    public void Tells(string topic) => _told.Add(topic);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        var closing = CloseAsync();
        return _running.IsCompleted ? new ValueTask(closing.WaitAsync(_engine.AnswerWithin)) : ValueTask.CompletedTask;
    }

    private protected override Task<List<T>> RowsAsync<T>(Sql sql, Func<Row, T> read, Func<T, bool>? isLast, CancellationToken ct)
    {
        return WaitAsync(_watch.RunAsync(sql.Operation, RunAsync));

        async Task<List<T>> RunAsync()
        {
            if (Together(sql) is { } batch)
            {
                await using (batch) return await ReadAsync(await batch.ExecuteReaderAsync(ct), read, isLast, ct);
            }

            await using var command = _engine.Command(_connection, _transaction, sql);
            return await ReadAsync(await command.ExecuteReaderAsync(ct), read, isLast, ct);
        }
    }

    private static async Task SendAsync(DbBatch batch)
    {
        await using (batch) await batch.ExecuteNonQueryAsync(CancellationToken.None);
    }

    /// <summary>What waited, and <paramref name="sql"/> behind it; null when nothing waited.</summary>
    private DbBatch? Together(Sql sql)
    {
        if (_later.Count == 0) return null;
        var batch = _engine.Batch(_connection, _transaction, [.. _later, sql]);
        _later.Clear();
        return batch;
    }

    private Task<T> WaitAsync<T>(Task<T> statement)
    {
        _running = statement;
        return statement.WaitAsync(_engine.AnswerWithin, CancellationToken.None);
    }

    private async Task CloseAsync()
    {
        try
        {
            if (!_running.IsCompleted) await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _transaction.DisposeAsync();
            await _connection.DisposeAsync();
        }
        finally
        {
            _watch.Closed();
            _release?.Dispose();
        }
    }
}
