using Credence.People;
using Credence.Roles;
using Credence.Storage;

namespace Credence.Server.People;

/// <summary>A person, as administrators and they themselves see them (contract identity B.7).</summary>
internal sealed record UserShape(
    string Id, string? Username, string Status, string? LastLoginAt, IReadOnlyList<UserShape.UserIdentifier> Identifiers, UserShape.UserProfile Profile,
    IReadOnlyList<UserShape.UserRole> Roles, string CreatedAt, string ModifiedAt)
{
    /// <summary>The shapes of some people, in two looks at the database however many they are.</summary>
    public static async Task<List<UserShape>> OfAsync(Db db, List<Person> people, CancellationToken ct)
    {
        if (people.Count == 0) return [];
        var ids = people.ConvertAll(person => person.Id);
        var identifiers = await PersonStore.IdentifiersOfAllAsync(db, ids, ct);
        var roles = await RoleStore.OfAllAsync(db, ids.ConvertAll(id => id.ToString()), ct);
        return people.ConvertAll(person => Of(person, [.. identifiers[person.Id]], roles[person.Id.ToString()]));
    }

    private static UserShape Of(Person person, List<PersonIdentifier> identifiers, IEnumerable<Role> roles) => new(
        person.Id.ToString(),
        identifiers.Find(each => each.Scheme == IdentifierScheme.Username)?.Value,
        person.Status.Capital(),
        person.LastSignInAt?.Iso(),
        identifiers.ConvertAll(each => new UserIdentifier(each.Id.ToString(), each.Scheme.Word(), each.Value, each.Verified)),
        new UserProfile(person.Profile.FirstName, person.Profile.LastName, person.Profile.Birthday, person.Profile.Locale),
        [.. roles.Select(role => new UserRole(role.Id.ToString(), role.Identifier, role.Priority))],
        person.CreatedAt.Iso(),
        person.ModifiedAt.Iso());

    /// <summary>What they sign in with.</summary>
    internal sealed record UserIdentifier(string Id, string Scheme, string Value, bool Verified);

    /// <summary>What they say of themselves.</summary>
    internal sealed record UserProfile(string? FirstName, string? LastName, string? Birthday, string? Locale);

    /// <summary>A role of theirs.</summary>
    internal sealed record UserRole(string Id, string Identifier, int Priority);
}
