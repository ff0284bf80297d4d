using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Federation;

/// <summary>Notes that the time of partners is over, so that it is counted once; their tokens have been refused since then.</summary>
public sealed class ExpirePartners(Db db, Metrics metrics, TimeProvider clock)
{
    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        var expired = await PartnerStore.ExpireAsync(tx, clock.Now(), ct);
        await tx.CommitAsync();
        metrics.FederationHappened(FederationEvent.PartnerExpired, expired.Count);
    }
}
