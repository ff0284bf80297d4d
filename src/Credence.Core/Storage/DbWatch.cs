using System.Data.Common;
using System.Diagnostics;
using Credence.Telemetry;

namespace Credence.Storage;

/// <summary>Times statements and counts connections, for an operator to see (contract agent-idp A.7 35, 41, 42).</summary>
internal sealed class DbWatch
{
    private readonly Metrics? _metrics;
    private readonly string? _traced;
    private int _active;
    private int _waiting;

    /// <summary>Tells <paramref name="metrics"/>; without, nobody. Spans of statements are its own where the engine's driver makes none.</summary>
    public DbWatch(Engine engine, Metrics? metrics)
    {
        (_metrics, _traced) = (metrics, engine.Traced);
        metrics?.FollowPool(() => (Volatile.Read(ref _active), Volatile.Read(ref _waiting)));
    }

    /// <summary>Opens a connection; <see cref="Closed"/> says that it is given back.</summary>
    public async Task<DbConnection> OpenAsync(Engine engine, CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            var connection = await engine.OpenAsync(ct);
            Interlocked.Increment(ref _active);
            return connection;
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>Waits for the turn to write; whoever waits there waits for a connection too.</summary>
    public async Task<IDisposable?> EnterAsync(Engine engine, CancellationToken ct)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            return await engine.EnterWriterAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>A connection was given back.</summary>
    public void Closed() => Interlocked.Decrement(ref _active);

    /// <summary>Runs a statement and times it, whether it succeeds or not.</summary>
    public async Task<T> RunAsync<T>(string operation, Func<Task<T>> statement)
    {
        var began = Stopwatch.GetTimestamp();
        using var span = _traced is null ? null : Tracing.AskStore(_traced, operation);
        try
        {
            return await statement();
        }
        finally
        {
            _metrics?.DatabaseAsked(operation, Stopwatch.GetElapsedTime(began));
        }
    }
}
