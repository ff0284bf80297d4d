using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>
/// A person begins here (contract identity ID-10). A taken user name is told; a taken address or number is not, and looks the same as a free one: nobody
/// is made then, and the id that is answered is nobody's.
/// </summary>
public sealed class SignUpPerson(Db db, PersonIds ids, PasswordHashes passwords, WelcomePerson welcomes, EnrolPerson enrol, Metrics metrics, TimeProvider clock)
{
    /// <summary>What somebody signs up with, each identifier normalised.</summary>
    /// <param name="UserName">Their user name.</param>
    /// <param name="Password">Their password, screened.</param>
    /// <param name="Email">An address, or null.</param>
    /// <param name="PhoneNumber">A number, or null.</param>
    /// <param name="Profile">What they say of themselves.</param>
    /// <param name="Origin">Whence.</param>
    public sealed record Input(string UserName, string Password, string? Email, string? PhoneNumber, PersonProfile Profile, AuditOrigin Origin)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{UserName} [secret]";
    }

    /// <summary>Who began.</summary>
    /// <param name="Person">Their id.</param>
    /// <param name="Identifiers">What they sign in with, once it is verified.</param>
    /// <param name="Verification">Where the code is to be shown that was sent to their address, or else their number; null when none was.</param>
    public sealed record Output(PersonId Person, IReadOnlyList<PersonIdentifier> Identifiers, CodeSent? Verification);

    /// <returns>Who began, or seems to; that the user name is taken; or that too many passwords are hashed now.</returns>
    public async Task<Result<Output>> RunAsync(Input input, CancellationToken ct)
    {
        if (await PersonStore.FindAsync(db, IdentifierScheme.Username, input.UserName, ct) is not null) return Told("taken", SignInFailures.IdentifierTaken);
        var hash = await passwords.HashAsync(HashForm.Argon2id, input.Password, ct);
        if (!hash.Succeeded) return hash.Failure;
        var id = await ids.NextAsync(ct);
        var now = clock.Now();
        var account = NewAccount.Of(Person.New(id, input.Profile, now), input.UserName, input.Email, input.PhoneNumber, hash.Value);
        var messages = await welcomes.PrepareAsync(account.Identifiers, input.Profile, now, ct);
        var output = new Output(id, account.Identifiers, messages.Verification);
        await using var tx = await db.BeginAsync(ct);
        var said = PeopleAudit.Event("person.signed_up", id.ToString(), id.ToString(), input.Origin);
        var taken = await enrol.RunAsync(tx, account, messages, said, ct);
        if (taken?.Scheme == IdentifierScheme.Username) return Told("taken", SignInFailures.IdentifierTaken);
        if (taken is null) await tx.CommitAsync(); // else another was a moment faster, and what was written of this one is undone
        metrics.SignedUp(taken is null && !messages.IsTaken ? "success" : "hidden");
        return output;
    }

    private Failure Told(string result, Failure failure)
    {
        metrics.SignedUp(result);
        return failure;
    }
}
