using Credence.Audit;
using Credence.Passkeys;
using Credence.People;
using Credence.Revocations;
using Credence.Roles;
using Credence.Storage;

namespace Credence.Administration;

/// <summary>
/// A person is deleted: softly, so that what is recorded of them still has a name (contract identity ID-37). Their identifiers are free at once, and what they may
/// do ends with them.
/// </summary>
public sealed class DeletePerson(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>How many sessions ended with it; that there is no such person; or that the caller may not, or nobody would be left who may do everything.</returns>
    public async Task<Result<int>> RunAsync(PersonCaller caller, PersonId id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        if (await PersonStore.FindAsync(tx, id, ct) is not { } person) return PeopleFailures.NotFound;
        if (caller.Person != id && await authority.IsAboveAsync(Subject.User(id), Subject.User(caller.Person), ct)) return RoleFailures.Outranked;
        if (await SuperAdmins.AreOverWithoutAsync(tx, id.ToString(), ct)) return RoleFailures.LastSuperAdmin;
        if (!await PersonStore.DeleteAsync(tx, id, now, ct)) return PeopleFailures.NotFound;

        await PolicyDefinitionStore.RemoveOfAsync(tx, Subject.User(id), caller.Person.ToString(), now, ct);
        await PasskeyStore.RemoveAllAsync(tx, PasskeyOwner.People, [id.ToString()], ct);
        var (ended, marks) = await PersonMarks.EndAllAsync(tx, person, clock, now, ct);
        await AuditLog.AppendAsync(tx, caller.Act("person.deleted", id.ToString()), now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return ended;
    }
}
