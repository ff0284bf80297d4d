using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.Roles;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>
/// A person begins at the forward-auth door (contract forward-auth FA-1): with an address, which nobody proves there and which may sign in all the same. That an
/// address is taken is told: the contract says so.
/// </summary>
public sealed class RegisterPerson(Db db, PersonIds ids, PasswordHashes passwords, RoleOptions roles, SignInOptions options, TimeProvider clock)
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
    public sealed record Output(Guid Person, string Email, string Role);

    /// <returns>Who began; what is wrong with what was typed; or that the address is taken.</returns>
    public async Task<Result<Output>> RunAsync(Input input, CancellationToken ct)
    {
        using var span = Tracing.Source.StartActivity("auth.register");
        if (Normalized.Of(IdentifierScheme.Email, input.Email) is not { } email) return SignInFailures.EmailInvalid;
        if (input.Password.Length < options.ShortestPassword) return SignInFailures.PasswordTooShort;
        if (input.Password.Length > LongestPassword || !passwords.Takes(HashForm.Bcrypt, input.Password)) return SignInFailures.PasswordTooLong;
        var hash = await HashAsync(input.Password, ct);
        if (!hash.Succeeded) return hash.Failure;

        var id = await ids.NextAsync(ct);
        var now = clock.Now();
        var person = Person.New(id, PersonProfile.None, now);
        await using var tx = await db.BeginAsync(ct);
        var identifier = PersonIdentifier.New(id, IdentifierScheme.Email, email, now) with { MaySignIn = true };
        if (await new NewAccount(person, [identifier], hash.Value).AddAsync(tx, ct) is not null) return SignInFailures.EmailTaken;
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("user.registered", id.ToString(), id.ToString(), input.Origin), now, ct);
        await RoleStore.AssignAsync(tx, id.ToString(), roles.First, id.ToString(), now, ct); // others who get roles wait from here on
        await tx.CommitAsync();
        return new Output(person.Uuid, email, Tokens.IssueForwardToken.UsualRole);
    }

    private async Task<Result<string>> HashAsync(string password, CancellationToken ct)
    {
        using var span = Tracing.Source.StartActivity("bcrypt.hash");
        return await passwords.HashAsync(HashForm.Bcrypt, password, ct);
    }
}
