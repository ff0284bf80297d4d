using Credence.Audit;
using Credence.People;
using Credence.Revocations;
using Credence.Roles;
using Credence.Storage;

namespace Credence.Administration;

/// <summary>Somebody must sign in again, wherever they are signed in (contract identity ID-38).</summary>
public sealed class EndPersonSessions(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <returns>How many sessions ended; that there is no such person; or that the caller may not.</returns>
    public async Task<Result<int>> RunAsync(PersonCaller caller, PersonId id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        if (!await PersonStore.HoldAsync(tx, id, now, ct)) return PeopleFailures.NotFound; // who is signing in just now does so before, or after it
        var person = (await PersonStore.FindAsync(tx, id, ct))!;
        if (caller.Person != id && await authority.IsAboveAsync(Subject.User(id), Subject.User(caller.Person), ct)) return RoleFailures.Outranked;

        var (ended, marks) = await PersonMarks.EndAllAsync(tx, person, clock, now, ct);
        await AuditLog.AppendAsync(tx, caller.Act("person.sessions_ended", id.ToString()), now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return ended;
    }
}
