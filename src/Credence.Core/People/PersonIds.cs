using Credence.Storage;

namespace Credence.People;

/// <summary>
/// Gives ids to new people (design D1). A process gives those of a node that it has leased, in order, and never the same twice: a clock that goes back is
/// waited out by counting on, and no id lies outside of the lease.
/// </summary>
public sealed class PersonIds(Db db, PeopleOptions options, TimeProvider clock) : IAsyncDisposable
{
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    /// <summary>For clocks of others that are ahead: they take a lease for over before it is.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    private readonly string _holder = Guid.NewGuid().ToString();
    private readonly SemaphoreSlim _gate = new(1, 1);
    private int _node = -1;
    private long _last = -1; // the last id's milliseconds, or what others gave under this node
    private int _count;
    private long _until;

    /// <summary>An id that nobody has.</summary>
    public async Task<PersonId> NextAsync(CancellationToken ct)
    {
        await _gate.WaitAsync(ct);
        try
        {
            if (!TryCount(clock.Now(), out var id))
            {
                await LeaseAsync(clock.Now(), ct);
                if (!TryCount(clock.Now(), out id)) throw new InvalidOperationException("the clock leapt while a node for ids was leased");
            }

            return id;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Gives the node back, so that whoever starts next may go on with it.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_node >= 0) await SnowflakeNodes.ReleaseAsync(db, _node, _holder, PersonId.Epoch.AddMilliseconds(_last + 1), CancellationToken.None);
            _node = -1;
        }
        catch (Exception error) when (db.Engine.IsUnavailable(error))
        {
            // It is free when the lease is over.
        }
        finally
        {
            _gate.Release();
        }
    }

    private bool TryCount(DateTimeOffset now, out PersonId id)
    {
        id = default;
        if (_node < 0 || Milliseconds(now + Margin) >= _until) return false;
        var milliseconds = Math.Max(Milliseconds(now), _last);
        var count = milliseconds > _last ? 0 : _count + 1;
        if (count == PersonId.PerMillisecond) (milliseconds, count) = (milliseconds + 1, 0);
        if (milliseconds >= _until) return false;
        (_last, _count) = (milliseconds, count);
        id = PersonId.Of(milliseconds, _node, count);
        return true;
    }

    private async Task LeaseAsync(DateTimeOffset now, CancellationToken ct)
    {
        // What was given under the lease so far stays below its end, also where the clock went back since.
        var until = now + Lease;
        if (_node >= 0 && await SnowflakeNodes.RenewAsync(db, _node, _holder, until, ct) is { } renewed)
        {
            _until = Milliseconds(renewed);
            return;
        }

        var (node, from, to) = await SnowflakeNodes.TakeAsync(db, options.Node, _holder, until, now, ct);
        (_node, _last, _count, _until) = (node, Milliseconds(from), PersonId.PerMillisecond - 1, Milliseconds(to));
    }

    private static long Milliseconds(DateTimeOffset at) => (long)(at - PersonId.Epoch).TotalMilliseconds;
}
