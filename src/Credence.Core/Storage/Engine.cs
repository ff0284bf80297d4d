using System.Data.Common;

namespace Credence.Storage;

/// <summary>Which database engine.</summary>
public enum EngineKind
{
    /// <summary>The embedded default: one file, one node.</summary>
    Sqlite,

    /// <summary>Production.</summary>
    Postgres,
}

/// <summary>Everything the two engines do differently. The SQL text is the same on both; a new member here needs a good reason.</summary>
public abstract class Engine : IAsyncDisposable
{
    /// <summary>Which engine it is.</summary>
    public abstract EngineKind Kind { get; }

    /// <summary>What spans of its statements call it; null where its driver makes them.</summary>
    public virtual string? Traced => null;

    /// <summary>How long a statement is waited for. The driver's own bound is no bound: it asks a silent server to cancel, and waits for that.</summary>
    public virtual TimeSpan AnswerWithin => Timeout.InfiniteTimeSpan;

    /// <summary>A connection from the pool.</summary>
    public abstract Task<DbConnection> OpenAsync(CancellationToken ct);

    /// <summary>A statement ready to run on <paramref name="connection"/>.</summary>
    public abstract DbCommand Command(DbConnection connection, DbTransaction? transaction, Sql sql);

    /// <summary>Whether statements can go to the database together, in one round trip; where there is no such trip, there is nothing to save.</summary>
    public abstract bool Pipelines { get; }

    /// <summary>Statements that go together, the first to the last.</summary>
    public abstract DbBatch Batch(DbConnection connection, DbTransaction transaction, IEnumerable<Sql> statements);

    /// <summary>Begins a transaction that may write at once, without a later upgrade that could fail.</summary>
    public abstract Task<DbTransaction> BeginAsync(DbConnection connection, CancellationToken ct);

    /// <summary>Waits until this process may write; what it answers is disposed when the transaction ends. Null where writers need no queue.</summary>
    public abstract Task<IDisposable?> EnterWriterAsync(CancellationToken ct);

    /// <summary>What pins the rows of a select until the transaction ends; nothing where there is one writer anyway.</summary>
    public abstract Sql ForShare { get; }

    /// <summary>What makes a select take rows for this transaction and pass over those that another is taking: a queue for many nodes.</summary>
    public abstract Sql ForClaim { get; }

    /// <summary>Runs <paramref name="work"/> while no other process migrates this database.</summary>
    public abstract Task ExclusivelyAsync(Func<Task> work, CancellationToken ct);

    /// <summary>Whether <paramref name="error"/> says that the database cannot be reached or has no room for us now: the caller may try again.</summary>
    public abstract bool IsUnavailable(Exception error);

    /// <summary>Whether <paramref name="error"/> says that a row with the same unique value is there already.</summary>
    public abstract bool IsDuplicate(Exception error);

    /// <summary>Closes the pool.</summary>
    public abstract ValueTask DisposeAsync();
}
