using Credence.Storage;

namespace Credence.People;

/// <summary>An account as it begins: somebody, what they sign in with, and the hash of their password.</summary>
/// <param name="Person">Who.</param>
/// <param name="Identifiers">What they sign in with.</param>
/// <param name="PasswordHash">The hash.</param>
public sealed record NewAccount(Person Person, IReadOnlyList<PersonIdentifier> Identifiers, string PasswordHash)
{
    /// <summary>An account with a user name, and what else there is, each normalised.</summary>
    public static NewAccount Of(Person person, string userName, string? email, string? phoneNumber, string passwordHash)
    {
        var identifiers = new List<PersonIdentifier>();
        Add(IdentifierScheme.Username, userName);
        Add(IdentifierScheme.Email, email);
        Add(IdentifierScheme.PhoneNumber, phoneNumber);
        return new NewAccount(person, identifiers, passwordHash);

        void Add(IdentifierScheme scheme, string? value)
        {
            if (value is null) return;
            var id = Id<PersonIdentifier>.NewAfter(identifiers.Count == 0 ? null : identifiers[^1].Id, person.CreatedAt); // so that they are shown in this order
            identifiers.Add(PersonIdentifier.New(person.Id, scheme, value, person.CreatedAt) with { Id = id });
        }
    }

    /// <summary>Adds it.</summary>
    /// <returns>The first identifier that somebody has already, and then the transaction is good for nothing but to be undone; null when it is added.</returns>
    public async Task<PersonIdentifier?> AddAsync(DbTx tx, CancellationToken ct)
    {
        await PersonStore.AddAsync(tx, Person, ct);
        foreach (var identifier in Identifiers)
        {
            if (!await PersonStore.AddAsync(tx, identifier, Person.CreatedAt, ct)) return identifier;
        }

        await PersonPasswords.SetAsync(tx, Person.Id, PasswordHash, Person.CreatedAt, ct);
        return null;
    }
}
