using Credence.Audit;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.People;

/// <summary>A person is deleted: softly, so that what is recorded of them still has a name (contract identity ID-37). Their identifiers are free at once.</summary>
public sealed class DeletePerson(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <param name="by">Who is recorded as having done it.</param>
    /// <param name="id">Whom.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many sessions ended with it; or that there is no such person.</returns>
    public async Task<Result<int>> RunAsync(string by, PersonId id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (await PersonStore.FindAsync(tx, id, ct) is not { } person || !await PersonStore.DeleteAsync(tx, id, now, ct)) return PeopleFailures.NotFound;
        var ended = await PersonSessionStore.EndAllAsync(tx, id, except: null, now, ct);
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("person.deleted", by, id.ToString()), now, ct);
        Revocation[] marks = [.. ended.Select(session => PersonMarks.Of(session.Id, now)), .. PersonMarks.Of(person, now)];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return ended.Count;
    }
}
