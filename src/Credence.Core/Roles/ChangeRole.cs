using Credence.Audit;
using Credence.People;
using Credence.Storage;

namespace Credence.Roles;

/// <summary>Somebody changes a role that was made here (contract identity ID-42).</summary>
public sealed class ChangeRole(Db db, TimeProvider clock)
{
    /// <param name="caller">Who changes it.</param>
    /// <param name="id">The role.</param>
    /// <param name="change">Makes the next of the one of before.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The role; that there is none; that it came with the server; or that the caller may not.</returns>
    public async Task<Result<Role>> RunAsync(PersonCaller caller, Id<Role> id, Func<Role, Role> change, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        if (await RoleStore.FindAsync(tx, id, ct) is not { } before) return RoleFailures.RoleNotFound;
        if (before.Type == RoleType.System) return RoleFailures.SystemRole;

        var role = change(before);
        bool? counts = role.Status == before.Status ? null : role.Status == RoleStatus.Activated;
        var judged = role with { Priority = Math.Max(role.Priority, before.Priority) };
        if (await authority.RefusalAsync(Subject.User(caller.Person), judged, counts, ct) is { } refusal) return refusal;

        await RoleStore.UpdateAsync(tx, role, caller.Person.ToString(), now, ct);
        await AuditLog.AppendAsync(tx, caller.Act("role.changed", id.ToString(), Facts(before, role)), now, ct);
        await tx.CommitAsync();
        return role;
    }

    private static SortedDictionary<string, string> Facts(Role before, Role role)
    {
        var facts = new SortedDictionary<string, string>(StringComparer.Ordinal);
        if (role.Priority != before.Priority) facts["priority"] = $"{before.Priority} to {role.Priority}";
        if (role.Status != before.Status) facts["status"] = Words.Of(role.Status);
        return facts;
    }
}
