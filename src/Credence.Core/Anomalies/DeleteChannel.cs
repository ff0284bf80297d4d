using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>An organization no longer wants to be told there; what was on its way is dropped.</summary>
public sealed class DeleteChannel(Db db, TimeProvider clock)
{
    /// <returns>That it is gone, or that there was none.</returns>
    public async Task<Result<bool>> RunAsync(ApiCaller caller, Id<Channel> id, CancellationToken ct)
    {
        await using var tx = await db.BeginAsync(ct);
        if (!await ChannelStore.DeleteAsync(tx, caller.Organization, id, ct)) return AnomalyFailures.ChannelNotFound;
        await AuditLog.AppendAsync(tx, caller.Act("anomaly_channel.deleted", id.ToString()), clock.Now(), ct);
        await tx.CommitAsync();
        return true;
    }
}
