using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.Roles;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>
/// A person begins here (contract identity ID-10). A taken user name is told; a taken address or number is not, and looks the same as a free one: nobody
/// is made then, and the id that is answered is nobody's.
/// </summary>
public sealed class SignUpPerson(Db db, PersonIds ids, PasswordHashes passwords, Metrics metrics, TimeProvider clock)
{
    /// <summary>The role of whoever begins here by themselves (contract identity B.1).</summary>
    public const string FirstRole = "CUSTOMER";

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
    public sealed record Output(PersonId Person, IReadOnlyList<PersonIdentifier> Identifiers);

    /// <returns>Who began, or seems to; that the user name is taken; or that too many passwords are hashed now.</returns>
    public async Task<Result<Output>> RunAsync(Input input, CancellationToken ct)
    {
        var hash = await passwords.HashAsync(HashForm.Argon2id, input.Password, ct);
        if (!hash.Succeeded) return hash.Failure;
        var id = await ids.NextAsync(ct);
        var now = clock.Now();
        var person = Person.New(id, input.Profile, now);
        PersonIdentifier[] identifiers = [.. Identifiers(input, id, now)];

        await using var tx = await db.BeginAsync(ct);
        await PersonStore.AddAsync(tx, person, ct);
        foreach (var identifier in identifiers)
        {
            if (await PersonStore.AddAsync(tx, identifier, now, ct)) continue;
            if (identifier.Scheme == IdentifierScheme.Username) return Told("taken", SignInFailures.IdentifierTaken);
            metrics.SignedUp("hidden");
            return new Output(id, identifiers); // what was written of them is undone
        }

        await PersonPasswords.SetAsync(tx, id, hash.Value, now, ct);
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("person.signed_up", id.ToString(), id.ToString(), input.Origin), now, ct);
        await RoleStore.AssignAsync(tx, id.ToString(), FirstRole, id.ToString(), now, ct); // others who get roles wait from here on
        await tx.CommitAsync();
        metrics.SignedUp("success");
        return new Output(id, identifiers);
    }

    private static IEnumerable<PersonIdentifier> Identifiers(Input input, PersonId id, DateTimeOffset now)
    {
        yield return PersonIdentifier.New(id, IdentifierScheme.Username, input.UserName, now);
        if (input.Email is { } email) yield return PersonIdentifier.New(id, IdentifierScheme.Email, email, now);
        if (input.PhoneNumber is { } number) yield return PersonIdentifier.New(id, IdentifierScheme.PhoneNumber, number, now);
    }

    private Failure Told(string result, Failure failure)
    {
        metrics.SignedUp(result);
        return failure;
    }
}
