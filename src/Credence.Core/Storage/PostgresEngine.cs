using System.Data;
using System.Data.Common;
using System.Net.Sockets;
using Npgsql;

namespace Credence.Storage;

/// <summary>PostgreSQL 14.12 and later. Tables live in schema <c>credence</c> (design D18).</summary>
public sealed class PostgresEngine(NpgsqlDataSource source) : Engine
{
    private const long MigrationLock = 0x43524544454E4345; // "CREDENCE"

    /// <summary>How long a caller waits for a connection. The driver goes on for its 30 s (contract operations O20): what it opens then serves the next.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <inheritdoc/>
    public override EngineKind Kind => EngineKind.Postgres;

    /// <inheritdoc/>
    public override TimeSpan AnswerWithin { get; } = TimeSpan.FromSeconds(11); // a second more than a statement may take (DatabaseUrl)

    /// <inheritdoc/>
    public override async Task<DbConnection> OpenAsync(CancellationToken ct)
    {
        var opening = source.OpenConnectionAsync(ct);
        if (opening.IsCompleted) return await opening;

        // A server that takes the connection and says nothing keeps the driver from hearing the token.
        var opened = opening.AsTask();
        try
        {
            return await opened.WaitAsync(Patience, ct);
        }
        catch (Exception) when (!opened.IsCompleted)
        {
            _ = GiveBackAsync(opened);
            throw;
        }
    }

    /// <inheritdoc/>
    public override DbCommand Command(DbConnection connection, DbTransaction? transaction, Sql sql)
    {
        var command = new NpgsqlCommand(sql.Text, (NpgsqlConnection)connection, (NpgsqlTransaction?)transaction);
        foreach (var value in sql.Values) command.Parameters.Add(new NpgsqlParameter { Value = value });
        return command;
    }

    /// <inheritdoc/>
    public override bool Pipelines => true;

    /// <inheritdoc/>
    public override DbBatch Batch(DbConnection connection, DbTransaction transaction, IEnumerable<Sql> statements)
    {
        var batch = new NpgsqlBatch((NpgsqlConnection)connection, (NpgsqlTransaction)transaction);
        foreach (var sql in statements)
        {
            var command = new NpgsqlBatchCommand(sql.Text);
            foreach (var value in sql.Values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    /// <inheritdoc/>
    public override async Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken ct) =>
        await connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, ct);

    /// <inheritdoc/>
    public override Task<IDisposable?> EnterWriterAsync(CancellationToken ct) => Task.FromResult<IDisposable?>(null);

    /// <inheritdoc/>
    public override Sql ForShare => $"for share";

    /// <inheritdoc/>
    public override Sql ForClaim => $"for update skip locked";

    /// <inheritdoc/>
    public override async Task ExclusivelyAsync(Func<Task> work, CancellationToken ct)
    {
        await using var connection = await source.OpenConnectionAsync(ct);
        await RunAsync(connection, $"select pg_advisory_lock({MigrationLock})", ct);
        try
        {
            await RunAsync(connection, $"create schema if not exists credence", ct);
            await work();
        }
        finally
        {
            await RunAsync(connection, $"select pg_advisory_unlock({MigrationLock})", CancellationToken.None);
        }
    }

    /// <inheritdoc/>
    public override bool IsUnavailable(Exception error) => error switch
    {
        // 53: no room for more; 57P: shutting down or starting up; 08: connection lost; 40: two transactions in each other's way.
        PostgresException refused => refused.SqlState.StartsWith("53", StringComparison.Ordinal)
            || refused.SqlState.StartsWith("57P", StringComparison.Ordinal) || refused.SqlState.StartsWith("08", StringComparison.Ordinal)
            || refused.SqlState.StartsWith("40", StringComparison.Ordinal),
        NpgsqlException or SocketException or TimeoutException => true,
        _ => false,
    };

    /// <inheritdoc/>
    public override bool IsDuplicate(Exception error) =>
        error is PostgresException { SqlState: PostgresErrorCodes.UniqueViolation };

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => source.DisposeAsync();

    private static async Task GiveBackAsync(Task<NpgsqlConnection> opened)
    {
        await ((Task)opened).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (opened.IsCompletedSuccessfully) await opened.Result.DisposeAsync();
    }

    private async Task RunAsync(DbConnection connection, Sql sql, CancellationToken ct)
    {
        await using var command = Command(connection, null, sql);
        command.CommandTimeout = 0; // another node may be migrating for as long as it takes
        await command.ExecuteNonQueryAsync(ct);
    }
}
