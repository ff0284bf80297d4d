using Credence.Storage;

namespace Credence.People;

/// <summary>Somebody who may do something here, and how to write to them.</summary>
/// <param name="Person">Who.</param>
/// <param name="Name">What they are called, or null.</param>
/// <param name="Locale">Which language they are written to, or null.</param>
/// <param name="Identifiers">What they sign in with, the oldest first.</param>
public sealed record PersonContact(PersonId Person, string? Name, string? Locale, IReadOnlyList<PersonIdentifier> Identifiers)
{
    /// <summary>Where they are written to about their account: each address that was proven to be theirs; where there is none, their numbers.</summary>
    public IEnumerable<PersonIdentifier> Proven()
    {
        var proven = Identifiers.Where(one => one.Verified && one.Scheme != IdentifierScheme.Username).ToLookup(one => one.Scheme);
        return proven.Contains(IdentifierScheme.Email) ? proven[IdentifierScheme.Email] : proven[IdentifierScheme.PhoneNumber];
    }

    /// <summary>An identifier of theirs, or null.</summary>
    public PersonIdentifier? Of(IdentifierScheme scheme, string value) => Identifiers.FirstOrDefault(one => one.Scheme == scheme && one.Value == value);

    /// <summary>Whose identifier it is; null when it is nobody's, or theirs who may not do anything. One statement, whether there is anybody or not.</summary>
    public static async Task<PersonContact?> FindAsync(DbSession db, IdentifierScheme scheme, string value, CancellationToken ct) =>
        Of(await db.ListAsync(
            $"""
            select {PersonIdentifier.Columns.From('i')}, p.first_name, p.locale from person_identifiers i join people p on p.id = i.person_id
            where i.person_id = (select person_id from person_identifiers where scheme = {scheme} and value = {value} and deleted_ms is null)
                and i.deleted_ms is null and p.deleted_ms is null and p.status = {PersonStatus.Activated}
            order by i.created_ms, i.id
            """,
            Line.Read, ct));

    /// <summary>The same by a person's id.</summary>
    public static async Task<PersonContact?> FindAsync(DbSession db, PersonId person, CancellationToken ct) =>
        Of(await db.ListAsync(
            $"""
            select {PersonIdentifier.Columns.From('i')}, p.first_name, p.locale from person_identifiers i join people p on p.id = i.person_id
            where i.person_id = {person} and i.deleted_ms is null and p.deleted_ms is null and p.status = {PersonStatus.Activated}
            order by i.created_ms, i.id
            """,
            Line.Read, ct));

    private static PersonContact? Of(List<Line> lines) =>
        lines is [var first, ..] ? new PersonContact(first.Identifier.Person, first.Name, first.Locale, lines.ConvertAll(line => line.Identifier)) : null;

    private sealed record Line(PersonIdentifier Identifier, string? Name, string? Locale)
    {
        public static Line Read(Row row) => new(PersonIdentifier.Read(row), row.TextOrNull("first_name"), row.TextOrNull("locale"));
    }
}
