using Credence.Audit;
using Credence.People;
using Credence.Roles;
using Credence.Storage;

namespace Credence.Administration;

/// <summary>An operator at a terminal gives a person a role in every domain: the way to the first super administrator, whom nobody could name.</summary>
public sealed class GrantRole(Db db, TimeProvider clock)
{
    /// <returns>Whether the person had not had it; that there is no such person; or no such role.</returns>
    public async Task<Result<bool>> RunAsync(string by, PersonId person, string roleIdentifier, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        await PolicyDefinitionStore.RenewAsync(tx, ct);
        if (await PersonStore.FindAsync(tx, person, ct) is null) return PeopleFailures.NotFound;
        if (await RoleStore.FindAsync(tx, roleIdentifier, ct) is not { } role) return RoleFailures.RoleNotFound;
        var edge = PolicyDefinition.OfRole(Subject.User(person), role, by, now);
        if (!await PolicyDefinitionStore.AddAsync(tx, edge, ct)) return false;
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("policy_definition.created", by, edge.Id.ToString(), data: edge.Facts()), now, ct);
        await tx.CommitAsync();
        return true;
    }
}
