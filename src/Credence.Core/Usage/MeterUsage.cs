using Credence.Organizations;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Usage;

/// <summary>
/// Counts what organizations use. What has a transaction is counted in it; a verification, which touches no store, in a journal that outlives the
/// process and is stored every second (decision 0021).
/// </summary>
public sealed class MeterUsage(Db db, UsageOptions options, TimeProvider clock, ILogger<MeterUsage> log) : IDisposable
{
    /// <summary>A caller that still has yesterday's journal in hand is done with it by then.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private const int PerTransaction = 500;

    private readonly SemaphoreSlim _storing = new(1, 1);
    private readonly Lock _turning = new();
    private readonly List<VerificationJournal> _former = [];
    private volatile VerificationJournal? _current;
    private bool _adopted;

    /// <summary>Counts one call in its transaction. Call it last before the commit.</summary>
    public Task CountAsync(DbTx tx, Id<Organization> organization, UsageKind kind, DateTimeOffset now, CancellationToken ct) =>
        options.Enabled ? UsageStore.AddAsync(tx, organization, kind, now, ct) : Task.CompletedTask;

    /// <summary>Counts one verification, in memory.</summary>
    public void CountVerification(Id<Organization> organization)
    {
        if (!options.Enabled) return;
        var day = UsageStore.DayOf(clock.Now());
        while (_current is not { } current || current.Day != day || !current.TryCount(organization.Value)) Turn(_current, day);
    }

    /// <summary>Stores the verifications that are not stored yet; of this process and, the first time, of those that ended without.</summary>
    public async Task StoreAsync(CancellationToken ct)
    {
        if (!options.Enabled) return;
        await _storing.WaitAsync(ct);
        try
        {
            if (!_adopted) Adopt();
            foreach (var journal in Journals()) await StoreAsync(journal, ct);
            EndFormer(UsageStore.DayOf(clock.Now() - Settled));
        }
        finally
        {
            _storing.Release();
        }
    }

    /// <summary>What an organization used on the day of <paramref name="now"/> and the days before it, <paramref name="days"/> in all, newest first.</summary>
    public async Task<List<DayUsage>> ReadAsync(Id<Organization> organization, int days, DateTimeOffset now, CancellationToken ct)
    {
        if (!options.Enabled) return [];
        await StoreAsync(ct); // whoever just verified something finds it here
        return await UsageStore.SinceAsync(db, organization, UsageStore.DayOf(now).AddDays(1 - days), ct);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var journal in Journals()) journal.Dispose();
        _storing.Dispose();
    }

    private async Task StoreAsync(VerificationJournal journal, CancellationToken ct)
    {
        foreach (var some in journal.Unstored().Chunk(PerTransaction))
        {
            await using var tx = await db.BeginAsync(ct);
            foreach (var (organization, count) in some)
            {
                await UsageStore.SetVerificationsAsync(tx, new Id<Organization>(organization), journal.Day, journal.Stripe, count, ct);
            }

            await tx.CommitAsync();
            foreach (var (organization, count) in some) journal.MarkStored(organization, count);
        }
    }

    private void Turn(VerificationJournal? seen, DateTimeOffset day)
    {
        lock (_turning)
        {
            if (_current != seen) return; // another caller did
            var next = Begin(day);
            if (seen is not null) _former.Add(seen);
            _current = next;
        }
    }

    private VerificationJournal Begin(DateTimeOffset day)
    {
        try
        {
            if (options.JournalFolder is { } folder) MakeFolder(folder);
            return VerificationJournal.Begin(options.JournalFolder, day);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            UsageLog.JournalUnavailable(log, error);
            return VerificationJournal.Begin(null, day);
        }
    }

    private void Adopt()
    {
        _adopted = true;
        if (options.JournalFolder is not { } folder || !Directory.Exists(folder)) return;
        lock (_turning) _former.AddRange(VerificationJournal.Adopt(folder));
    }

    private List<VerificationJournal> Journals()
    {
        lock (_turning) return _current is { } current ? [.. _former, current] : [.. _former];
    }

    /// <summary>Ends journals of days before <paramref name="today"/>, and those of other processes, which nobody counts in any more.</summary>
    private void EndFormer(DateTimeOffset today)
    {
        lock (_turning)
        {
            foreach (var journal in _former.Where(journal => journal.IsAdopted || journal.Day < today).ToList())
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
