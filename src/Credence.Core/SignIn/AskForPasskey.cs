using Credence.Audit;
using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>A person wants to be asked for a passkey besides their password.</summary>
public sealed class AskForPasskey(Db db, ProveAgain again, PersonNotices notices, TimeProvider clock)
{
    /// <returns>Recovery codes, to be shown once; none when they have some. Or that there is no passkey, that it is on already, or that they must show once more who they are.</returns>
    public async Task<Result<RecoverySheet>> RunAsync(PersonCaller caller, ProveAgain.Shown? shown, CancellationToken ct)
    {
        var proven = await again.OrFreshAsync(caller, shown, ct);
        if (!proven.Succeeded) return proven.Failure;

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, caller.Person, now, ct)) return PeopleFailures.NotFound;
        if (!await proven.Value.TakeAsync(tx, caller.Person, now, ct)) return SecondFactorFailures.Invalid;
        var factors = await PersonFactors.OfAsync(tx, caller.Person, ct);
        if (factors.Passkeys == 0) return SecondFactorFailures.NoPasskey;
        if (factors.IsPasskeyAsked) return SecondFactorFailures.AlreadyThere;
        await PersonFactors.AskPasskeyAsync(tx, caller.Person, now, ct);
        var sheet = await RecoveryCodes.MakeFirstAsync(tx, caller.Person, now, ct);
        await notices.TellAsync(tx, caller.Person, PersonNotices.SecondFactorAdded, ct);
        await AuditLog.AppendAsync(tx, caller.Act("person.passkey_asked", caller.Person.ToString()), now, ct);
        await tx.CommitAsync();
        return sheet;
    }
}
