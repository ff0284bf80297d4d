using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>
/// A person begins at the forward-auth door (contract forward-auth FA-1): with an address, which nobody proves there and which may sign in all the same. That an
/// address is taken is told: the contract says so. Where the operator wants it hidden, the address alone is told, and a new one has to be proven before it signs in.
/// </summary>
public sealed class RegisterPerson(
    Db db, PersonIds ids, PasswordHashes passwords, WelcomePerson welcomes, EnrolPerson enrol, SignInOptions options, TimeProvider clock)
{
    private const int LongestPassword = 256; // where it is not bcrypt that sets the bound

    /// <summary>What somebody registers with, as typed.</summary>
    /// <param name="Email">An address.</param>
    /// <param name="Password">A password.</param>
    /// <param name="Origin">Whence.</param>
    public sealed record Input(string Email, string Password, AuditOrigin Origin)
    {
        /// <inheritdoc/>
        public override string ToString() => "[secret]";
    }

    /// <summary>Who began.</summary>
    /// <param name="Person">Their UUID.</param>
    /// <param name="Email">Their address, as it is kept.</param>
    /// <param name="Role">Their role.</param>
    /// <param name="IsNew">Whether they are; else somebody has the address, the id is nobody's, and whoever asked must not know.</param>
    public sealed record Output(Guid Person, string Email, string Role, bool IsNew = true);

    /// <returns>Who began; what is wrong with what was typed; or that the address is taken.</returns>
    public async Task<Result<Output>> RunAsync(Input input, CancellationToken ct)
    {
        using var span = Tracing.Source.StartActivity("auth.register");
        if (Normalized.Of(IdentifierScheme.Email, input.Email) is not { } email) return SignInFailures.EmailInvalid;
        if (input.Password.Length < options.ShortestPassword) return SignInFailures.PasswordTooShort;
        if (input.Password.Length > LongestPassword || !passwords.Takes(HashForm.Bcrypt, input.Password)) return SignInFailures.PasswordTooLong;
        var hash = await passwords.HashAsync(HashForm.Bcrypt, input.Password, ct);
        if (!hash.Succeeded) return hash.Failure;

        var id = await ids.NextAsync(ct);
        var now = clock.Now();
        var person = Person.New(id, PersonProfile.None, now);
        var identifier = PersonIdentifier.New(id, IdentifierScheme.Email, email, now) with { MaySignIn = !options.HidesDuplicates };
        var messages = options.HidesDuplicates ? await welcomes.PrepareAsync([identifier], person.Profile, now, ct) : WelcomePerson.Prepared.Nothing;
        var output = new Output(person.Uuid, email, Tokens.IssueForwardToken.UsualRole);
        await using var tx = await db.BeginAsync(ct);
        var said = PeopleAudit.Event("user.registered", id.ToString(), id.ToString(), input.Origin);
        var taken = await enrol.RunAsync(tx, new NewAccount(person, [identifier], hash.Value), messages, said, ct);
        if (taken is not null && !options.HidesDuplicates) return SignInFailures.EmailTaken;
        if (taken is null) await tx.CommitAsync();
        return output with { IsNew = taken is null && !messages.IsTaken };
    }
}
