using Credence.Storage;

namespace Credence.People;

/// <summary>What sort of name it is that a person signs in with (contract identity B.1).</summary>
public enum IdentifierScheme
{
    /// <summary>A name of their choice.</summary>
    Username,

    /// <summary>An e-mail address.</summary>
    Email,

    /// <summary>A telephone number.</summary>
    PhoneNumber,
}

/// <summary>What a person signs in with.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Person">Whose it is.</param>
/// <param name="Scheme">What sort of name it is.</param>
/// <param name="Value">The name, normalised.</param>
/// <param name="Verified">Whether it was proven to be theirs.</param>
/// <param name="MaySignIn">Whether it is good for signing in: a verified one is, and one that its door takes unproven.</param>
public sealed record PersonIdentifier(Id<PersonIdentifier> Id, PersonId Person, IdentifierScheme Scheme, string Value, bool Verified, bool MaySignIn) : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "pid_";

    /// <summary>A new one. A user name needs no proof: there is nothing to prove.</summary>
    public static PersonIdentifier New(PersonId person, IdentifierScheme scheme, string value, DateTimeOffset now, bool verified = false)
    {
        var good = verified || scheme == IdentifierScheme.Username;
        return new PersonIdentifier(Id<PersonIdentifier>.New(now), person, scheme, value, good, good);
    }

    /// <summary>What somebody calls themselves: their user name, or what else they sign in with.</summary>
    public static string NameOf(IEnumerable<PersonIdentifier> theirs) => theirs.MinBy(one => one.Scheme)?.Value ?? "";

    internal static Sql Columns { get; } = Sql.Of($"id, person_id, scheme, value, verified, may_sign_in");

    internal static PersonIdentifier Read(Row row) => new(
        row.Id<PersonIdentifier>("id"), row.Person("person_id"), row.Word<IdentifierScheme>("scheme"), row.Text("value"), row.Flag("verified"), row.Flag("may_sign_in"));
}

/// <summary>How logs call the sorts of identifiers (contract identity A.3 15).</summary>
public static class IdentifierSchemes
{
    /// <summary><c>email</c>, <c>phone</c> or <c>username</c>.</summary>
    public static string Logged(this IdentifierScheme scheme) => scheme switch
    {
        IdentifierScheme.Email => "email",
        IdentifierScheme.PhoneNumber => "phone",
        _ => "username",
    };
}
