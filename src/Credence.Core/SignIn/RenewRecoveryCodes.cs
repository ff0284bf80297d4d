using Credence.Audit;
using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>A person makes recovery codes anew; those of before end.</summary>
public sealed class RenewRecoveryCodes(Db db, ProveAgain again, PersonNotices notices, TimeProvider clock)
{
    /// <returns>The codes, to be shown once; or that no second factor is asked for, or what was shown is wrong.</returns>
    public async Task<Result<RecoverySheet>> RunAsync(PersonCaller caller, ProveAgain.Shown shown, CancellationToken ct)
    {
        var proven = await again.RunAsync(caller, shown, ct);
        if (!proven.Succeeded) return proven.Failure;

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, caller.Person, now, ct)) return PeopleFailures.NotFound;
        if (!await proven.Value.TakeAsync(tx, caller.Person, now, ct)) return SecondFactorFailures.Invalid;
        if (!(await PersonFactors.OfAsync(tx, caller.Person, ct)).AreAsked) return SecondFactorFailures.NotThere;
        var sheet = await RecoveryCodes.ReplaceAsync(tx, caller.Person, now, ct);
        await notices.TellAsync(tx, caller.Person, PersonNotices.RecoveryCodesMade, ct);
        await AuditLog.AppendAsync(tx, caller.Act("person.recovery_codes_made", caller.Person.ToString()), now, ct);
        await tx.CommitAsync();
        return sheet;
    }
}
