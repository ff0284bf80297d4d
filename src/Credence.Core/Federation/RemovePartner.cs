using Credence.Agents;
using Credence.Audit;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Federation;

/// <summary>An administrator ends the trust in another issuer (contract agent-idp AE-44).</summary>
public sealed class RemovePartner(Db db, Metrics metrics, TimeProvider clock)
{
    /// <returns>True, or that there is no such partner.</returns>
    public async Task<Result<bool>> RunAsync(AgentCaller caller, Id<Partner> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await PartnerStore.DeleteAsync(tx, id, ct)) return FederationFailures.NotFound;
        await AuditLog.AppendAsync(tx, caller.Act("federation.partner_removed", id.ToString()), now, ct);
        await tx.CommitAsync();
        metrics.FederationHappened(FederationEvent.PartnerRemoved);
        return true;
    }
}
