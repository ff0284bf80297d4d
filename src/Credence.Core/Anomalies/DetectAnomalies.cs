using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>What a detection for one organization found.</summary>
/// <param name="At">When.</param>
/// <param name="PausedGrants">How many grants it paused.</param>
/// <param name="Anomalies">What goes on now by the documented detectors, newest first; what was found before is there with its own time.</param>
public sealed record Detected(DateTimeOffset At, int PausedGrants, List<Anomaly> Anomalies);

/// <summary>
/// Looks for anomalies with every detector and rule, each with one statement for all organizations. What a round finds again is the same anomaly, and
/// nobody is told twice; what it no longer finds has ended (decision 0023).
/// </summary>
public sealed class DetectAnomalies(Db db, AnnounceAnomalies announce, TimeProvider clock)
{
    private const int EndedAtOnce = 10_000;
    private static readonly Detector[] All = [.. Detectors.Kinds.Concat(BuiltInRule.Kinds).Select(kind => (Detector)kind.Detect), .. RuleDetectors.All];

    /// <summary>One round for all organizations.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await LookAsync(new Sight(clock.Now(), Sql.None), ct);
        await announce.RunAsync(null, ct);
    }

    /// <returns>What goes on in the caller's organization.</returns>
    public async Task<Detected> RunAsync(ApiCaller caller, CancellationToken ct)
    {
        var now = clock.Now();
        await LookAsync(new Sight(now, $"and o.id = {caller.Organization}"), ct);
        var paused = await announce.RunAsync(caller.Organization, ct);
        return new Detected(now, paused, await AnomalyStore.GoingOnAsync(db, caller.Organization, ct));
    }

    private async Task LookAsync(Sight sight, CancellationToken ct)
    {
        foreach (var detector in All)
        {
            await using var tx = await db.BeginAsync(ct);
            await AnomalyStore.FoundAsync(tx, detector(sight), sight.Now, ct);
            await tx.CommitAsync();
        }

        for (var more = true; more;)
        {
            await using var tx = await db.BeginAsync(ct);
            more = await AnomalyStore.EndOthersAsync(tx, sight, EndedAtOnce, ct);
            await tx.CommitAsync();
        }
    }
}
