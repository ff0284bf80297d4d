using Credence.Storage;

namespace Credence.People;

/// <summary>Whether a person may do anything here (contract identity B.1).</summary>
public enum PersonStatus
{
    /// <summary>Yes.</summary>
    Activated,

    /// <summary>Put to rest.</summary>
    Deactivated,

    /// <summary>Shut out.</summary>
    Locked,
}

/// <summary>Somebody with an account here.</summary>
/// <param name="Id">Their id.</param>
/// <param name="Uuid">What the forward-auth door calls them.</param>
/// <param name="Status">Whether they may do anything.</param>
/// <param name="Profile">What they say of themselves.</param>
/// <param name="CreatedAt">Since when.</param>
/// <param name="ModifiedAt">When something of this changed last.</param>
/// <param name="LastSignInAt">When they signed in last, or null.</param>
public sealed record Person(
    PersonId Id, Guid Uuid, PersonStatus Status, PersonProfile Profile, DateTimeOffset CreatedAt, DateTimeOffset ModifiedAt, DateTimeOffset? LastSignInAt)
{
    /// <summary>Somebody new.</summary>
    public static Person New(PersonId id, PersonProfile profile, DateTimeOffset now) =>
        new(id, Guid.CreateVersion7(now), PersonStatus.Activated, profile, now, now, LastSignInAt: null);

    internal static Sql Columns { get; } = Sql.Of($"id, uuid, status, first_name, last_name, birthday, locale, created_ms, modified_ms, last_sign_in_ms");

    internal static Person Read(Row row) => new(
        row.Person("id"), Guid.Parse(row.Text("uuid")), row.Word<PersonStatus>("status"),
        new PersonProfile(row.TextOrNull("first_name"), row.TextOrNull("last_name"), row.TextOrNull("birthday"), row.TextOrNull("locale")),
        row.Time("created_ms"), row.Time("modified_ms"), row.TimeOrNull("last_sign_in_ms"));
}

/// <summary>What a person says of themselves; each may be null.</summary>
/// <param name="FirstName">First name.</param>
/// <param name="LastName">Last name.</param>
/// <param name="Birthday">As <c>yyyy-MM-dd</c>.</param>
/// <param name="Locale">Which language they are written to: <c>en</c>, <c>vi</c>.</param>
public sealed record PersonProfile(string? FirstName, string? LastName, string? Birthday, string? Locale)
{
    /// <summary>Nothing said.</summary>
    public static readonly PersonProfile None = new(null, null, null, null);
}
