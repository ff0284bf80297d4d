using Credence.Audit;
using Credence.People;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>
/// A person takes an address or number away from their account, within five minutes of signing in (contract standards 18). What it was is free for others then. Their user
/// name stays, and so does the last thing that they can sign in with.
/// </summary>
public sealed class RemoveIdentifier(Db db, PersonNotices notices, TimeProvider clock)
{
    /// <summary>Whether one of somebody's identifiers may go.</summary>
    public static bool IsRemovable(PersonIdentifier one, IReadOnlyList<PersonIdentifier> all) =>
        one.Scheme != IdentifierScheme.Username && all.Any(other => other.Id != one.Id && other.MaySignIn);

    /// <returns>What was taken away; that there is no such thing of theirs, that it must stay, or that the sign-in is too old.</returns>
    public async Task<Result<PersonIdentifier>> RunAsync(BrowserSession signed, PersonCaller caller, Id<PersonIdentifier> id, CancellationToken ct)
    {
        var now = clock.Now();
        if (!signed.IsFresh(now)) return SignInFailures.NotFresh;
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, caller.Person, now, ct)) return SignInFailures.NoSuchIdentifier; // one at a time, so that two cannot each leave the other's
        var all = await PersonStore.IdentifiersAsync(tx, caller.Person, ct);
        if (all.Find(one => one.Id == id) is not { } gone) return SignInFailures.NoSuchIdentifier;
        if (!IsRemovable(gone, all)) return SignInFailures.IdentifierStays;
        await notices.IdentifierRemovedAsync(tx, gone, ct);
        if (!await PersonStore.RemoveAsync(tx, gone, now, ct)) return SignInFailures.NoSuchIdentifier; // somebody else proved it meanwhile
        await AuditLog.AppendAsync(tx, caller.Act("person_identifier.removed", gone.Id.ToString()), now, ct);
        await tx.CommitAsync();
        return gone;
    }
}
