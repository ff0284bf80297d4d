using Credence.Audit;
using Credence.People;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>A person ends sessions of theirs (contract identity ID-13, ID-17, ID-18): their tokens stop counting on every node.</summary>
public sealed class SignOut(Db db, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>Ends one.</summary>
    /// <returns>Its id; or that it is not theirs, or over.</returns>
    public async Task<Result<Id<PersonSession>>> RunAsync(PersonCaller caller, Id<PersonSession> session, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonSessionStore.EndAsync(tx, caller.Person, session, now, ct)) return PeopleFailures.SessionNotFound;
        await CommitAsync(tx, caller, [session], now, ct);
        return session;
    }

    /// <summary>Ends all of them.</summary>
    /// <returns>How many.</returns>
    public Task<int> AllAsync(PersonCaller caller, CancellationToken ct) => EndAllAsync(caller, except: null, ct);

    /// <summary>Ends all but the one that this is done in.</summary>
    /// <returns>How many.</returns>
    public Task<int> OthersAsync(PersonCaller caller, CancellationToken ct) => EndAllAsync(caller, caller.Session, ct);

    private async Task<int> EndAllAsync(PersonCaller caller, Id<PersonSession>? except, CancellationToken ct)
    {
        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        var ended = await PersonSessionStore.EndAllAsync(tx, caller.Person, except, now, ct);
        await CommitAsync(tx, caller, [.. ended.Select(session => session.Id)], now, ct);
        return ended.Count;
    }

    private async Task CommitAsync(DbTx tx, PersonCaller caller, IReadOnlyList<Id<PersonSession>> ended, DateTimeOffset now, CancellationToken ct)
    {
        await AuditLog.AppendAsync(tx, [.. ended.Select(session => caller.Act("person_session.ended", session.ToString()))], now, ct);
        Revocation[] marks = [.. ended.Select(session => PersonMarks.Of(session, now))];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
    }
}
