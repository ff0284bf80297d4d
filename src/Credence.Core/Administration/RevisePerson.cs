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

    /// <summary>They change themselves, or an administrator does who is not below them.</summary>
    /// <returns>The person; that there is none; or that the caller may not, or nobody would be left who may do everything.</returns>
    public Task<Result<Person>> RunAsync(PersonCaller caller, PersonId id, Change change, CancellationToken ct) => RunAsync(
        id, change, takesTurn: caller.Person != id || change.Status is not null,
        async authority => caller.Person != id && await authority!.IsAboveAsync(Subject.User(id), Subject.User(caller.Person), ct) ? RoleFailures.Outranked : null,
        (type, facts) => caller.Act(type, id.ToString(), facts), ct);

    /// <summary>An operator at a terminal does, who is above everybody.</summary>
    /// <inheritdoc cref="RunAsync(PersonCaller, PersonId, Change, CancellationToken)"/>
    public Task<Result<Person>> RunAsync(string by, PersonId id, Change change, CancellationToken ct) => RunAsync(
        id, change, takesTurn: true, _ => Task.FromResult<Failure?>(null), (type, facts) => PeopleAudit.Event(type, by, id.ToString(), data: facts), ct);

    private async Task<Result<Person>> RunAsync(
        PersonId id, Change change, bool takesTurn, Func<Authority?, Task<Failure?>> judge, Func<string, SortedDictionary<string, string>?, AuditEvent> act, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var authority = takesTurn ? await Authority.TakeAsync(tx, ct) : null; // the turn comes before the row, for everybody
        if (!await PersonStore.HoldAsync(tx, id, now, ct)) return PeopleFailures.NotFound;
        var before = (await PersonStore.FindAsync(tx, id, ct))!;
        if (await judge(authority) is { } refusal) return refusal;

        var person = before with { Status = change.Status ?? before.Status, Profile = change.Profile(before.Profile) };
        var leaves = before.Status == PersonStatus.Activated && person.Status != PersonStatus.Activated;
        if (leaves && await SuperAdmins.AreOverWithoutAsync(tx, id.ToString(), ct)) return RoleFailures.LastSuperAdmin;

        await PersonStore.UpdateAsync(tx, person, ct);
        if (person.Profile != before.Profile) await AuditLog.AppendAsync(tx, act("person.profile_changed", null), now, ct);
        if (person.Status != before.Status)
        {
            var facts = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["from"] = Words.Of(before.Status), ["to"] = Words.Of(person.Status) };
            await AuditLog.AppendAsync(tx, act("person.status_changed", facts), now, ct);
        }

        var marks = leaves ? (await PersonMarks.EndAllAsync(tx, person, clock, now, ct)).Marks : [];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return person with { ModifiedAt = now };
    }
}
