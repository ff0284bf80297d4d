using Credence.Audit;
using Credence.Passwords;
using Credence.People;
using Credence.Roles;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Administration;

/// <summary>An administrator makes an account for somebody (contract identity ID-34), and gives it roles that they may give.</summary>
public sealed class CreatePerson(Db db, PersonIds ids, PasswordHashes passwords, RoleOptions roles, TimeProvider clock)
{
    /// <summary>What the account is to be, each identifier normalised.</summary>
    /// <param name="UserName">The user name.</param>
    /// <param name="Password">The password, screened.</param>
    /// <param name="Email">An address, or null.</param>
    /// <param name="PhoneNumber">A number, or null.</param>
    /// <param name="Profile">What is said of them.</param>
    /// <param name="Status">Whether they may do anything.</param>
    /// <param name="Roles">The identifiers of their roles; null for the first role alone.</param>
    public sealed record Input(
        string UserName, string Password, string? Email, string? PhoneNumber, PersonProfile Profile, PersonStatus Status, IReadOnlyCollection<string>? Roles)
    {
        /// <inheritdoc/>
        public override string ToString() => $"{UserName} [secret]";
    }

    /// <summary>An administrator makes it.</summary>
    /// <returns>Who; that an identifier is taken; that a role is unknown; or that the caller may not give it.</returns>
    public Task<Result<PersonId>> RunAsync(PersonCaller caller, Input input, CancellationToken ct) =>
        RunAsync(caller.Person.ToString(), input, (authority, edge) => authority.RefusalAsync(Subject.User(caller.Person), edge, added: true, ct), caller.Act, ct);

    /// <summary>An operator at a terminal makes it, who may give every role.</summary>
    /// <inheritdoc cref="RunAsync(PersonCaller, Input, CancellationToken)"/>
    public Task<Result<PersonId>> RunAsync(string by, Input input, CancellationToken ct) =>
        RunAsync(by, input, (_, _) => Task.FromResult<Failure?>(null), (type, subject, data) => PeopleAudit.Event(type, by, subject, data: data), ct);

    private async Task<Result<PersonId>> RunAsync(
        string by, Input input, Func<Authority, PolicyDefinition, Task<Failure?>> judge, Func<string, string, SortedDictionary<string, string>?, AuditEvent> act, CancellationToken ct)
    {
        var hash = await passwords.HashAsync(HashForm.Argon2id, input.Password, ct);
        if (!hash.Succeeded) return hash.Failure;
        var id = await ids.NextAsync(ct);
        var now = clock.Now();
        var person = Person.New(id, input.Profile, now) with { Status = input.Status };

        await using var tx = await db.BeginAsync(ct);
        var authority = await Authority.TakeAsync(tx, ct);
        var account = NewAccount.Of(person, input.UserName, input.Email, input.PhoneNumber, hash.Value);
        if (await account.AddAsync(tx, ct) is { } taken) return SignInFailures.IdentifierTaken with { Detail = $"Somebody has {taken.Value} already" };
        await AuditLog.AppendAsync(tx, act("person.created", id.ToString(), null), now, ct);
        foreach (var identifier in (input.Roles ?? [roles.First]).Distinct(StringComparer.Ordinal))
        {
            if (await RoleStore.FindAsync(tx, identifier, ct) is not { } role) return RoleFailures.UnknownTarget with { Detail = $"There is no role {identifier}" };
            var edge = PolicyDefinition.OfRole(Subject.User(id), role, by, now);
            if (input.Roles is not null && await judge(authority, edge) is { } refusal) return refusal;
            await PolicyDefinitionStore.AddAsync(tx, edge, ct);
            await AuditLog.AppendAsync(tx, act("policy_definition.created", edge.Id.ToString(), edge.Facts()), now, ct);
        }

        await tx.CommitAsync();
        return id;
    }
}
