using System.Collections.Concurrent;
using Credence.Storage;

namespace Credence.Events;

/// <summary>
/// How many streams an organization has open, on all nodes together. Each holds a place, which is a lease: the places of a node that died are free
/// again after <see cref="Life"/>, and the count cannot go wrong (decision 0018).
/// </summary>
public sealed class StreamPlaces(Db db, EventStreamOptions options, TimeProvider clock)
{
    /// <summary>How long a place is held unless it is renewed.</summary>
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(15);

    /// <summary>How often places are renewed.</summary>
    public static readonly TimeSpan Renewal = TimeSpan.FromSeconds(5);

    private const int PerStatement = 500;

    /// <summary>A caller that comes back may be faster than the news that its last connection is gone.</summary>
    private static readonly TimeSpan[] Pauses = [TimeSpan.FromMilliseconds(100), TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(600)];

    private static readonly TimeSpan ReleaseWait = TimeSpan.FromSeconds(2);

    private readonly string _node = Guid.NewGuid().ToString("n");
    private readonly ConcurrentDictionary<string, byte> _held = new(StringComparer.Ordinal);

    /// <summary>Takes a place for a stream of <paramref name="kind"/> (<c>sse</c>, <c>ws</c>), which are counted apart.</summary>
    /// <returns>What gives it back when disposed; null when all are taken.</returns>
    public async Task<IAsyncDisposable?> TakeAsync(string kind, string organization, CancellationToken ct)
    {
        foreach (var pause in Pauses)
        {
            if (await TryTakeAsync(kind, organization, ct) is { } place) return place;
            await Task.Delay(pause, ct);
        }

        return await TryTakeAsync(kind, organization, ct);
    }

    /// <summary>Holds this node's places for another <see cref="Life"/>.</summary>
    public async Task RenewAsync(CancellationToken ct)
    {
        foreach (var some in _held.Keys.Chunk(PerStatement))
        {
            await using var tx = await db.BeginAsync(ct);
            await tx.ExecuteAsync($"update leases set until_ms = {clock.Now() + Life} where holder = {_node} and name in {Sql.List(some)}", ct);
            await tx.CommitAsync();
        }
    }

    private async Task<Place?> TryTakeAsync(string kind, string organization, CancellationToken ct)
    {
        for (var number = 1; number <= options.PerOrganization; number++)
        {
            var name = $"events:{kind}:{organization}:{number}";
            if (!_held.TryAdd(name, 0)) continue; // another stream of this node has it
            var taken = false;
            try
            {
                var now = clock.Now();
                taken = await Leases.TryTakeAsync(db, name, _node, now + Life, now, ct);
                if (taken) return new Place(this, name);
            }
            finally
            {
                if (!taken) _held.TryRemove(name, out _);
            }
        }

        return null;
    }

    private async Task ReleaseAsync(string name)
    {
        using var wait = new CancellationTokenSource(ReleaseWait);
        try
        {
            await Leases.ReleaseAsync(db, name, _node, wait.Token);
        }
        catch (Exception error) when (error is OperationCanceledException || db.Engine.IsUnavailable(error))
        {
            // it runs out by itself
        }
        finally
        {
            _held.TryRemove(name, out _); // only now: else another stream of this node could take it, and lose it to the release
        }
    }

    private sealed class Place(StreamPlaces places, string name) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => new(places.ReleaseAsync(name));
    }
}
