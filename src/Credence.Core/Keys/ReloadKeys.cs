using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Keys;

/// <summary>Looks again at files, folder and database, and exchanges the ring if anything changed. A worker runs it every <see cref="KeyOptions.ReloadInterval"/>.</summary>
public sealed class ReloadKeys(Db db, KeyOptions options, KeyRing ring, TimeProvider clock, ILogger<ReloadKeys> log) : IDisposable
{
    private static readonly TimeSpan BetweenMisses = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MissPatience = TimeSpan.FromSeconds(2);

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();
    private GivenKeys? _given;
    private Task<bool>? _afterMiss;
    private long _missed;

    /// <summary>Reloads. While the database is away it throws and the ring stays as it is.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct); // one at a time: what was read before a key was revoked must not be put in after
        try
        {
            var given = Given();
            var now = clock.Now();
            var rows = await KeyStore.ListAsync(db, ct);
            if (await RememberAsync(given, rows, now, ct)) rows = await KeyStore.ListAsync(db, ct);
            if (RingBuilder.Fill(ring, given, rows, options, now, log)) Log.RingChanged(log, ring.Published().Count);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    /// <summary>
    /// For a verifier that met an unknown <c>kid</c>: reads the keys again, so that a key another node has just made verifies at once. However many
    /// ask, this happens once in 5 s and nobody waits longer than 2.
    /// </summary>
    /// <returns>Whether it is worth looking again.</returns>
    public ValueTask<bool> AfterMissAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            if (_afterMiss is null || clock.GetElapsedTime(_missed) >= BetweenMisses)
            {
                _missed = clock.GetTimestamp();
                _afterMiss = Task.Run(RunBoundedAsync, CancellationToken.None);
            }

            return new ValueTask<bool>(_afterMiss.WaitAsync(ct));
        }
    }

    private async Task<bool> RunBoundedAsync()
    {
        using var patience = new CancellationTokenSource(MissPatience);
        try
        {
            await RunAsync(patience.Token);
            return true;
        }
        catch (Exception error)
        {
            Log.ReloadFailed(log, error); // the token stays refused; the worker's next round tries again
            return false;
        }
    }

    /// <summary>A file that is being replaced may be half there: then what was read before stays.</summary>
    private GivenKeys Given()
    {
        try
        {
            return _given = KeySources.Read(options);
        }
        catch (InvalidDataException error) when (_given is not null)
        {
            Log.SourcesBroken(log, error.Message);
            return _given;
        }
    }

    /// <summary>Tells the other nodes, and this one after its key is replaced, the public parts of the keys given here. Writes about once an hour.</summary>
    private async Task<bool> RememberAsync(GivenKeys given, List<KeyRow> rows, DateTimeOffset now, CancellationToken ct)
    {
        var until = options.KnownUntil(now);
        var fading = given.Keys
            .Where(own => rows.Find(row => row.Kid == own.Key.Kid) is not { } row || row.RemoveAfter < until - TimeSpan.FromHours(1))
            .OrderBy(own => own.Key.Kid, StringComparer.Ordinal) // two nodes lock the rows in one order
            .ToList();
        if (fading.Count == 0) return false;

        await using var tx = await db.BeginAsync(ct);
        foreach (var own in fading) await KeyStore.RememberAsync(tx, own.Key, now, until, ct);
        await tx.CommitAsync();
        return true;
    }
}
