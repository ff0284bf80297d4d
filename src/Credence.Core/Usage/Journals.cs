using Microsoft.Extensions.Logging;

namespace Credence.Usage;

/// <summary>Stores what a journal holds by now; storing it twice changes nothing.</summary>
internal delegate Task StoreCounts<TKey>(DateTimeOffset period, string stripe, IReadOnlyList<Unstored<TKey>> some, CancellationToken ct);

/// <summary>
/// This process's journals of one kind: the one it counts in, and those that still have something to store, left by processes that ended included
/// (decision 0021).
/// </summary>
internal sealed class Journals<TKey>(string? folder, StoreCounts<TKey> storeAsync, TimeProvider clock, ILogger log) : IDisposable
    where TKey : struct, IJournalKey<TKey>
{
    /// <summary>A caller that still has the last period's journal in hand is done with it by then.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private const int PerTransaction = 500;

    private readonly SemaphoreSlim _storing = new(1, 1);
    private readonly Lock _turning = new();
    private readonly List<CountJournal<TKey>> _former = [];
    private volatile CountJournal<TKey>? _current;
    private bool _adopted;

    /// <summary>Counts one, in memory.</summary>
    public void Count(TKey key)
    {
        var period = TKey.PeriodOf(clock.Now());
        while (_current is not { } current || current.Period != period || !current.TryCount(key)) Turn(_current, period);
    }

    /// <summary>What is not stored yet of this process, by its period.</summary>
    public IEnumerable<(DateTimeOffset Period, Unstored<TKey> Found)> Unstored() =>
        All().SelectMany(journal => journal.Unstored().Select(found => (journal.Period, found)));

    /// <summary>Stores what is not stored yet; of this process and, the first time, of those that ended without.</summary>
    public async Task StoreAsync(CancellationToken ct)
    {
        await _storing.WaitAsync(ct);
        try
        {
            if (!_adopted) Adopt();
            foreach (var journal in All())
            {
                foreach (var some in journal.Unstored().Chunk(PerTransaction))
                {
                    await storeAsync(journal.Period, journal.Stripe, some, ct);
                    foreach (var (key, count, _) in some) journal.MarkStored(key, count);
                }
            }

            EndFormer(TKey.PeriodOf(clock.Now() - Settled));
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var journal in All()) journal.Dispose();
        _storing.Dispose();
    }

    private void Turn(CountJournal<TKey>? seen, DateTimeOffset period)
    {
        lock (_turning)
        {
            if (_current != seen) return; // another caller did
            var next = Begin(period);
            if (seen is not null) _former.Add(seen);
            _current = next;
        }
    }

    private CountJournal<TKey> Begin(DateTimeOffset period)
    {
        try
        {
            if (folder is not null) MakeFolder(folder);
            return CountJournal<TKey>.Begin(folder, period);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            UsageLog.JournalUnavailable(log, error);
            return CountJournal<TKey>.Begin(null, period);
        }
    }

    private void Adopt()
    {
        _adopted = true;
        if (folder is null || !Directory.Exists(folder)) return;
        lock (_turning) _former.AddRange(CountJournal<TKey>.Adopt(folder));
    }

    private List<CountJournal<TKey>> All()
    {
        lock (_turning) return _current is { } current ? [.. _former, current] : [.. _former];
    }

    /// <summary>Ends journals of periods before <paramref name="present"/>, and those of other processes, which nobody counts in any more.</summary>
    private void EndFormer(DateTimeOffset present)
    {
        lock (_turning)
        {
            foreach (var journal in _former.Where(journal => journal.IsAdopted || journal.Period < present).ToList())
            {
                if (journal.Unstored().Any()) continue;
                _former.Remove(journal);
                journal.Dispose();
            }
        }
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(folder);
        else Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
