using Credence.Audit;
using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>A person is asked no more for codes of their app, or for a passkey. With the last of the two their recovery codes go.</summary>
public sealed class RemoveFactor(Db db, ProveAgain again, PersonNotices notices, TimeProvider clock)
{
    /// <param name="caller">Who.</param>
    /// <param name="factor">Which of the two.</param>
    /// <param name="shown">Their password or a code: whoever merely came across their browser cannot do this.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>True; or that there is none, or what was shown is wrong.</returns>
    public async Task<Result<bool>> RunAsync(PersonCaller caller, SecondFactor factor, ProveAgain.Shown shown, CancellationToken ct)
    {
        var proven = await again.RunAsync(caller, shown, ct);
        if (!proven.Succeeded) return proven.Failure;

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, caller.Person, now, ct)) return PeopleFailures.NotFound;
        if (!await proven.Value.TakeAsync(tx, caller.Person, now, ct)) return SecondFactorFailures.Invalid;
        if (!await PersonFactors.RemoveAsync(tx, caller.Person, factor, ct)) return SecondFactorFailures.NotThere;
        await notices.TellAsync(tx, caller.Person, PersonNotices.SecondFactorRemoved, ct);
        await AuditLog.AppendAsync(tx, caller.Act(factor == SecondFactor.Totp ? "person.totp_removed" : "person.passkey_not_asked", caller.Person.ToString()), now, ct);
        await tx.CommitAsync();
        return true;
    }
}
