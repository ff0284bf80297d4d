using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>A signed-in person takes another password (contract identity ID-14): whoever else is signed in as them is so no more.</summary>
public sealed class ChangePassword(Db db, PasswordHashes passwords, OwnPassword own, PersonNotices notices, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>The two passwords.</summary>
    /// <param name="Old">The one of before.</param>
    /// <param name="New">The next, screened.</param>
    /// <param name="Network">Whose failures are counted together.</param>
    public sealed record Input(string Old, string New, string Network)
    {
        /// <inheritdoc/>
        public override string ToString() => "[secret]";
    }

    /// <returns>How many other sessions ended; or that the old password is wrong.</returns>
    public async Task<Result<int>> RunAsync(PersonCaller caller, Input input, CancellationToken ct)
    {
        var before = await own.ProveAsync(caller.Person, input.Old, input.Network, ct);
        if (!before.Succeeded) return before.Failure;
        var hash = await passwords.HashAsync(HashForm.Argon2id, input.New, ct);
        if (!hash.Succeeded) return hash.Failure;

        var now = clock.Now();
        await using var tx = await db.BeginAsync(ct);
        if (!await PersonStore.HoldAsync(tx, caller.Person, now, ct)) return SignInFailures.InvalidCredentials;
        if (!await PersonPasswords.ExchangeAsync(tx, caller.Person, before.Value, hash.Value, now, ct)) return SignInFailures.InvalidCredentials;
        var ended = await PersonSessionStore.EndAllAsync(tx, caller.Person, except: caller.Session, now, ct);
        await notices.PasswordChangedAsync(tx, caller.Person, ct);
        await AuditLog.AppendAsync(tx, caller.Act("person.password_changed", caller.Person.ToString()), now, ct);
        var person = await PersonStore.FindAsync(tx, caller.Person, ct) ?? throw new InvalidOperationException("a person whose row is held is there");
        Revocation[] marks = [.. ended.Select(session => PersonMarks.Of(session.Id, now)), PersonMarks.WithoutSession(person, clock.Now())];
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
        return ended.Count;
    }
}
