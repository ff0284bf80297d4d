using Credence.Audit;
using Credence.People;
using Credence.Revocations;
using Credence.Roles;
using Credence.Storage;

namespace Credence.Administration;

/// <summary>Somebody's profile or status is changed, by themselves or by an administrator (contract identity ID-36). Leaving <c>activated</c> ends all that they are signed in by.</summary>
public sealed class RevisePerson(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>What becomes of them.</summary>
    /// <param name="Status">Their status, or null to leave it.</param>
    /// <param name="Profile">Makes the next profile of the one of before.</param>
    public sealed record Change(PersonStatus? Status, Func<PersonProfile, PersonProfile> Profile);

    /// <returns>The person; that there is none; or that the caller may not, or nobody would be left who may do everything.</returns>
    public async Task<Result<Person>> RunAsync(PersonCaller caller, PersonId id, Change change, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var authority = caller.Person == id && change.Status is null ? null : await Authority.TakeAsync(tx, ct); // the turn comes before the row, for everybody
        if (!await PersonStore.HoldAsync(tx, id, now, ct)) return PeopleFailures.NotFound;
        var before = (await PersonStore.FindAsync(tx, id, ct))!;
        if (caller.Person != id && await authority!.IsAboveAsync(Subject.User(id), Subject.User(caller.Person), ct)) return RoleFailures.Outranked;

        var person = before with { Status = change.Status ?? before.Status, Profile = change.Profile(before.Profile) };
        var leaves = before.Status == PersonStatus.Activated && person.Status != PersonStatus.Activated;
        if (leaves && await SuperAdmins.AreOverWithoutAsync(tx, id.ToString(), ct)) return RoleFailures.LastSuperAdmin;

        await PersonStore.UpdateAsync(tx, person, ct);
        if (person.Profile != before.Profile) await AuditLog.AppendAsync(tx, caller.Act("person.profile_changed", id.ToString()), now, ct);
        if (person.Status != before.Status)
        {
            var facts = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["from"] = Words.Of(before.Status), ["to"] = Words.Of(person.Status) };
            await AuditLog.AppendAsync(tx, caller.Act("person.status_changed", id.ToString(), facts), now, ct);
        }

        var marks = leaves ? (await PersonMarks.EndAllAsync(tx, person, clock, now, ct)).Marks : [];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return person with { ModifiedAt = now };
    }
}
