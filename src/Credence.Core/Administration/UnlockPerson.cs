using Credence.Audit;
using Credence.OneTimeCodes;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Administration;

/// <summary>Opens the identifiers of somebody that too many wrong codes had shut (contract identity ID-39): what an operator does who deletes the keys by hand.</summary>
public sealed class UnlockPerson(Db db, ReleaseCodes release, TimeProvider clock)
{
    /// <param name="caller">Who opens them.</param>
    /// <param name="id">Whose.</param>
    /// <param name="only">What the codes are for; null for everything.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many were shut; that there is no such person; or that the shared state is away.</returns>
    public async Task<Result<int>> RunAsync(PersonCaller caller, PersonId id, CodeNamespace? only, CancellationToken ct)
    {
        if (await PersonStore.FindAsync(db, id, ct) is null) return PeopleFailures.NotFound;
        var namespaces = only is { } one ? [one] : Enum.GetValues<CodeNamespace>();
        var cleared = 0;
        foreach (var identifier in await PersonStore.IdentifiersAsync(db, id, ct))
        {
            foreach (var ns in namespaces)
            {
                var was = await release.UnlockAsync(ns, identifier.Value, ct);
                if (!was.Succeeded) return was.Failure;
                if (was.Value) cleared++;
            }
        }

        await using var tx = await db.BeginAsync(ct);
        await AuditLog.AppendAsync(tx, caller.Act("person.codes_unlocked", id.ToString(), new(StringComparer.Ordinal) { ["cleared"] = $"{cleared}" }), clock.Now(), ct);
        await tx.CommitAsync();
        return cleared;
    }
}
