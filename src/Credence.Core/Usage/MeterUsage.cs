using Credence.Organizations;
using Credence.Storage;
using Microsoft.Extensions.Logging;

namespace Credence.Usage;

/// <summary>
/// Counts what organizations use. What has a transaction is counted in it; a verification, which touches no store, in a journal that outlives the
/// process and is stored every second (decision 0021).
/// </summary>
public sealed class MeterUsage : IDisposable
{
    private readonly Db _db;
    private readonly UsageOptions _options;
    private readonly Journals<VerificationKey> _journals;

    /// <summary>Counts from now on, if the options say so.</summary>
    public MeterUsage(Db db, UsageOptions options, TimeProvider clock, ILogger<MeterUsage> log)
    {
        (_db, _options) = (db, options);
        _journals = new Journals<VerificationKey>(options.JournalFolder, StoreAsync, clock, log);
    }

    /// <summary>Counts one call in its transaction. Call it last before the commit.</summary>
    public Task CountAsync(DbTx tx, Id<Organization> organization, UsageKind kind, DateTimeOffset now, CancellationToken ct) =>
        _options.Enabled ? UsageStore.AddAsync(tx, organization, kind, now, ct) : Task.CompletedTask;

    /// <summary>Counts one verification, in memory.</summary>
    public void CountVerification(Id<Organization> organization)
    {
        if (_options.Enabled) _journals.Count(new VerificationKey(organization.Value));
    }

    /// <summary>Stores the verifications that are not stored yet; of this process and, the first time, of those that ended without.</summary>
    public Task StoreAsync(CancellationToken ct) => _options.Enabled ? _journals.StoreAsync(ct) : Task.CompletedTask;

    /// <summary>What an organization used on the day of <paramref name="now"/> and the days before it, <paramref name="days"/> in all, newest first.</summary>
    public async Task<List<DayUsage>> ReadAsync(Id<Organization> organization, int days, DateTimeOffset now, CancellationToken ct)
    {
        if (!_options.Enabled) return [];
        await StoreAsync(ct); // whoever just verified something finds it here
        return await UsageStore.SinceAsync(_db, organization, UsageStore.DayOf(now).AddDays(1 - days), ct);
    }

    /// <inheritdoc/>
    public void Dispose() => _journals.Dispose();

    private async Task StoreAsync(DateTimeOffset day, string stripe, IReadOnlyList<Unstored<VerificationKey>> some, CancellationToken ct)
    {
        await using var tx = await _db.BeginAsync(ct);
        foreach (var (key, count, _) in some)
        {
            await UsageStore.SetVerificationsAsync(tx, new Id<Organization>(key.Organization), day, stripe, count, ct);
        }

        await tx.CommitAsync();
    }
}
