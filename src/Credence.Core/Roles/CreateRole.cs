using Credence.Audit;
using Credence.People;
using Credence.Storage;

namespace Credence.Roles;

/// <summary>Somebody makes a role (contract identity ID-41). It allows nothing until an edge says so.</summary>
public sealed class CreateRole(Db db, TimeProvider clock)
{
    /// <summary>What it is to be.</summary>
    /// <param name="Identifier">What programs call it.</param>
    /// <param name="Name">What people call it, by language.</param>
    /// <param name="Description">What it is for, or null.</param>
    /// <param name="Priority">Its rank.</param>
    public sealed record Input(string Identifier, IReadOnlyDictionary<string, string> Name, string? Description, int Priority);

    /// <returns>The role; that its name is taken; or that it would rank above whoever makes it.</returns>
    public async Task<Result<Role>> RunAsync(PersonCaller caller, Input input, CancellationToken ct)
    {
        var now = clock.Now();
        var role = new Role(Id<Role>.New(now), input.Identifier, input.Name, input.Description, input.Priority, RoleType.Custom, RoleStatus.Activated);
        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        if (await authority.RefusalAsync(Subject.User(caller.Person), role, counts: null, ct) is { } refusal) return refusal;
        if (!await RoleStore.AddAsync(tx, role, caller.Person.ToString(), now, ct)) return RoleFailures.RoleTaken;
        await AuditLog.AppendAsync(tx, caller.Act("role.created", role.Id.ToString(), new(StringComparer.Ordinal) { ["identifier"] = role.Identifier }), now, ct);
        await tx.CommitAsync();
        return role;
    }
}
