using Credence.State;
using Credence.Storage;

namespace Credence.Server.Doors;

/// <summary>Asks the stores, for the doors that tell of it, whether they are there, for up to two seconds each (contract operations O1).</summary>
internal sealed class Probes(Db db, ISharedState state, Migrator migrator, TimeProvider clock)
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(2);

    private volatile bool _migrated;

    /// <summary>Whether shared state is something that can be away (O6).</summary>
    public bool StateIsRemote => state.IsRemote;

    /// <summary>Whether the database answers.</summary>
    public Task<bool> DatabaseAnswersAsync(CancellationToken ct) =>
        BoundedAsync(async bounded => await db.NumberAsync($"select 1 as n", bounded) == 1, ct);

    /// <summary>Whether Redis answers; held in process it always does.</summary>
    public Task<bool> StateAnswersAsync(CancellationToken ct) => state.IsRemote ? BoundedAsync(state.PingAsync, ct) : Task.FromResult(true);

    /// <summary>Whether every migration that this build carries is applied; once applied, none is ever pending again.</summary>
    public Task<bool> IsMigratedAsync(CancellationToken ct) => BoundedAsync(
        async bounded => _migrated = _migrated || (await migrator.PendingAsync(Migrator.Shipped(db.Engine.Kind), bounded)).Count == 0, ct);

    /// <summary>Asks, and takes silence, an exception or the end of two seconds as no.</summary>
    public async Task<bool> BoundedAsync(Func<CancellationToken, Task<bool>> ask, CancellationToken ct)
    {
        using var bound = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bound.CancelAfter(Bound);
        try
        {
            // Twice bounded: a driver that does not hear its token must not hold up the answer.
            return await Task.Run(() => ask(bound.Token), bound.Token).WaitAsync(Bound, clock, ct);
        }
        catch (Exception) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }
}
