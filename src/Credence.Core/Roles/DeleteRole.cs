using Credence.Audit;
using Credence.People;
using Credence.Storage;

namespace Credence.Roles;

/// <summary>Somebody deletes a role that nobody has (contract identity ID-43).</summary>
public sealed class DeleteRole(Db db, RoleOptions options, TimeProvider clock)
{
    /// <returns>The role; that there is none; that it came with the server or is in use; or that the caller may not.</returns>
    public async Task<Result<Role>> RunAsync(PersonCaller caller, Id<Role> id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        if (await RoleStore.FindAsync(tx, id, ct) is not { } role) return RoleFailures.RoleNotFound;
        if (role.Type == RoleType.System) return RoleFailures.SystemRole;
        if (role.Identifier == options.First || await PolicyDefinitionStore.IsHeldAsync(tx, id, ct)) return RoleFailures.RoleInUse;
        if (await authority.RefusalAsync(Subject.User(caller.Person), role, counts: null, ct) is { } refusal) return refusal;

        await RoleStore.DeleteAsync(tx, id, caller.Person.ToString(), now, ct);
        await AuditLog.AppendAsync(tx, caller.Act("role.deleted", id.ToString(), new(StringComparer.Ordinal) { ["identifier"] = role.Identifier }), now, ct);
        await tx.CommitAsync();
        return role;
    }
}
