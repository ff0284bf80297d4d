using Credence.Audit;
using Credence.People;
using Credence.Roles;
using Credence.SecondFactors;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Administration;

/// <summary>Somebody who lost every second factor is helped: nothing is asked for besides their password until they turn it on again. They are told.</summary>
public sealed class ResetFactors(Db db, PersonNotices notices, TimeProvider clock)
{
    /// <returns>Whether there was anything; that there is no such person; or that the caller may not.</returns>
    public async Task<Result<bool>> RunAsync(PersonCaller caller, PersonId id, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        if (!await PersonStore.HoldAsync(tx, id, now, ct)) return PeopleFailures.NotFound;
        if (caller.Person == id) return RoleFailures.Forbidden; // one's own are removed with a proof
        if (await authority.IsAboveAsync(Subject.User(id), Subject.User(caller.Person), ct)) return RoleFailures.Outranked;

        var removed = false;
        foreach (var factor in new[] { SecondFactor.Totp, SecondFactor.Passkey }) removed |= await PersonFactors.RemoveAsync(tx, id, factor, ct);
        if (!removed) return false;
        await notices.TellAsync(tx, id, PersonNotices.SecondFactorRemoved, ct);
        await AuditLog.AppendAsync(tx, caller.Act("person.second_factors_reset", id.ToString()), now, ct);
        await tx.CommitAsync();
        return true;
    }
}
