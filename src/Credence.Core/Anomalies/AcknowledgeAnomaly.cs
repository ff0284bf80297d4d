using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Somebody takes notice of an anomaly or its alert, or says that it is over. Once said it stays said: a repetition changes no time.</summary>
public sealed class AcknowledgeAnomaly(Db db, TimeProvider clock)
{
    /// <summary>Takes notice of the anomaly; the alert stays as it is (contract grantex-enterprise 1).</summary>
    public Task<Result<Anomaly>> RunAsync(ApiCaller caller, Id<Anomaly> id, CancellationToken ct) =>
        ChangeAsync(caller, id, "anomaly.acknowledged", Sql.None, null, ct);

    /// <summary>Takes notice of the alert; one that is over stays over.</summary>
    public Task<Result<Anomaly>> AlertAsync(ApiCaller caller, Id<Anomaly> id, string? note, CancellationToken ct) =>
        ChangeAsync(caller, id, "alert.acknowledged", $", status = case when status = 'open' then 'acknowledged' else status end", note, ct);

    /// <summary>Says that it is over. As long as it goes on nobody is told of it again.</summary>
    public Task<Result<Anomaly>> ResolveAsync(ApiCaller caller, Id<Anomaly> id, string? note, CancellationToken ct) =>
        ChangeAsync(caller, id, "alert.resolved", $", status = 'resolved', resolved_ms = coalesce(resolved_ms, {clock.Now()})", note, ct);

    private async Task<Result<Anomaly>> ChangeAsync(ApiCaller caller, Id<Anomaly> id, string act, Sql change, string? note, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var anomaly = await AnomalyStore.AcknowledgeAsync(tx, caller.Organization, id, $"{change}, note = coalesce({note}, note)", now, ct);
        if (anomaly is null) return AnomalyFailures.NotFound;
        await AuditLog.AppendAsync(tx, caller.Act(act, id.ToString()), now, ct);
        await tx.CommitAsync();
        return anomaly;
    }
}
