using Credence.Audit;
using Credence.People;
using Credence.Storage;

namespace Credence.Roles;

/// <summary>Somebody takes back a role or a permission, or lifts a denial (contract identity ID-47).</summary>
public sealed class RemovePolicyDefinition(Db db, TimeProvider clock)
{
    /// <param name="caller">Who removes it.</param>
    /// <param name="within">The domain the caller works in: <c>*</c>, or the one that the edge must be of.</param>
    /// <param name="id">The edge.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The edge that is gone; that there is none; that it is the last super administrator's; or that the caller may not.</returns>
    public async Task<Result<PolicyDefinition>> RunAsync(PersonCaller caller, string within, Id<PolicyDefinition> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        if (await PolicyDefinitionStore.FindAsync(tx, id, ct) is not { } edge || !KeyMatch.Matches(edge.Domain, within)) return RoleFailures.EdgeNotFound;
        if (await authority.RefusalAsync(Subject.User(caller.Person), edge, added: false, ct) is { } refusal) return refusal;
        if (await IsLastAsync(tx, edge, ct)) return RoleFailures.LastSuperAdmin;
        await PolicyDefinitionStore.RemoveAsync(tx, id, caller.Person.ToString(), now, ct);
        await AuditLog.AppendAsync(tx, caller.Act("policy_definition.removed", id.ToString(), edge.Facts()), now, ct);
        await tx.CommitAsync();
        return edge;
    }

    private static async Task<bool> IsLastAsync(DbTx tx, PolicyDefinition edge, CancellationToken ct) =>
        edge is { Subject.Type: SubjectType.User, Variant: EdgeVariant.Group, TargetType: TargetType.Role, Domain: PolicyDefinition.Everywhere }
        && await SuperAdmins.AreOverWithoutAsync(tx, edge.Subject.Id, edge.TargetId, ct);
}
