using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Policies;

/// <summary>An organization deletes a rule; it holds no more from the commit on. What it allowed before stays.</summary>
public sealed class DeletePolicy(Db db, TimeProvider clock)
{
    /// <returns>True, or that there is no such policy.</returns>
    public async Task<Result<bool>> RunAsync(ApiCaller caller, Id<Policy> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await PolicyStore.RenewSetAsync(tx, caller.Organization, ct);
        if (!await PolicyStore.DeleteAsync(tx, caller.Organization, id, ct)) return PolicyFailures.NotFound;
        await AuditLog.AppendAsync(tx, caller.Act("policy.deleted", id.ToString()), now, ct);
        await tx.CommitAsync();
        return true;
    }
}
