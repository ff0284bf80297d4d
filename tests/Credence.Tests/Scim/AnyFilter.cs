using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.Scim;

/// <summary>A person as the test knows them, and as a directory would send them.</summary>
internal sealed record Person(string UserName, string? ExternalId, string? Title, string? Family, bool Active, (string Value, string Type, bool Primary)[] Emails)
{
    public string ToJson() => JsonSerializer.Serialize(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["userName"] = UserName,
        ["externalId"] = ExternalId,
        ["title"] = Title,
        ["name"] = Family is null ? null : new { familyName = Family },
        ["active"] = Active,
        ["emails"] = Emails.Select(email => new { value = email.Value, type = email.Type, primary = email.Primary }),
    });
}

/// <summary>A filter as text, and what it means, written down beside it without the reader, the matcher or the SQL of the server.</summary>
internal sealed record AnyFilter(string Text, Func<Person, bool> Holds)
{
    private static readonly string[] Words = ["ada", "Ada", "b", "ÅSA", "åsa", "x%y", "x_y", "it's", "10", "", "a\\\"b", "💣", "d@e.test"];

    private static readonly (string Op, Func<string, string, bool> Holds)[] Comparisons =
    [
        ("eq", (value, wanted) => value == wanted),
        ("co", (value, wanted) => value.Contains(wanted, StringComparison.Ordinal)),
        ("sw", (value, wanted) => value.StartsWith(wanted, StringComparison.Ordinal)),
        ("ew", (value, wanted) => value.EndsWith(wanted, StringComparison.Ordinal)),
        ("gt", (value, wanted) => string.CompareOrdinal(value, wanted) > 0),
        ("ge", (value, wanted) => string.CompareOrdinal(value, wanted) >= 0),
        ("LT", (value, wanted) => string.CompareOrdinal(value, wanted) < 0),
        ("le", (value, wanted) => string.CompareOrdinal(value, wanted) <= 0),
    ];

    private static readonly (string Name, bool CaseExact, Func<Person, string?[]> Values)[] Attributes =
    [
        ("userName", false, person => [person.UserName]),
        ("USERNAME", false, person => [person.UserName]),
        ("urn:ietf:params:scim:schemas:core:2.0:User:userName", false, person => [person.UserName]),
        ("externalId", true, person => [person.ExternalId]),
        ("title", false, person => [person.Title]),
        ("name.familyName", false, person => [person.Family]),
        ("emails.value", false, person => [.. person.Emails.Select(email => email.Value)]),
        ("emails", false, person => [.. person.Emails.Select(email => email.Value)]),
        ("emails.type", false, person => [.. person.Emails.Select(email => email.Type)]),
    ];

    public static Gen<Person> People { get; } =
        from user in Word
        from external in Gen.OneOf(Gen.Constant<string?>(null), Word.Select(word => (string?)word))
        from title in Gen.OneOf(Gen.Constant<string?>(null), Word.Select(word => (string?)word))
        from family in Gen.OneOf(Gen.Constant<string?>(null), Word.Select(word => (string?)word))
        from active in Gen.Elements(true, false)
        from emails in (from value in Word where value.Length > 0 from type in Gen.Elements("work", "home") select (value, type, false)).ListOf(2)
        select new Person(user, external, title, family, active, [.. emails]);

    private static Gen<string> Word => from left in Gen.Elements(Words) from right in Gen.Elements(Words) select left + right;

    public static Gen<AnyFilter> Any(int depth) => depth == 0 ? Gen.OneOf(Compared, Present, Active, Both, Primary) : Gen.Frequency(
        (2, Any(0)),
        (1, from left in Any(depth - 1) from right in Any(depth - 1) select new AnyFilter($"({left.Text}) and {right.Text.Wrapped()}", person => left.Holds(person) && right.Holds(person))),
        (1, from left in Any(depth - 1) from right in Any(depth - 1) select new AnyFilter($"{left.Text.Wrapped()} OR ({right.Text})", person => left.Holds(person) || right.Holds(person))),
        (1, from inner in Any(depth - 1) select new AnyFilter($"not ({inner.Text})", person => !inner.Holds(person))));

    private static Gen<AnyFilter> Compared =>
        from attribute in Gen.Elements(Attributes)
        from comparison in Gen.Elements(Comparisons)
        from word in Gen.OneOf(Word, Gen.Elements(Words))
        from negated in Gen.Elements(false, false, true)
        select Of(attribute, negated ? ("ne", Comparisons[0].Holds) : comparison, word, negated);

    private static Gen<AnyFilter> Present =>
        from attribute in Gen.Elements(Attributes)
        select new AnyFilter($"{attribute.Name} pr", person => attribute.Values(person).Any(value => !string.IsNullOrEmpty(value)));

    private static Gen<AnyFilter> Active =>
        from wanted in Gen.Elements(true, false)
        from op in Gen.Elements("eq", "ne")
        select new AnyFilter($"active {op} {(wanted ? "true" : "false")}", person => person.Active == wanted == (op == "eq"));

    /// <summary>One value must satisfy both, not one the first and another the second.</summary>
    private static Gen<AnyFilter> Both =>
        from type in Gen.Elements("work", "home")
        from word in Gen.Elements(Words)
        from form in Gen.Elements(0, 1)
        select new AnyFilter(
            form == 0 ? $"emails[type eq \"{type}\" and value co \"{Quoted(word)}\"]" : $"emails[type eq \"{type}\"].value co \"{Quoted(word)}\"",
            person => person.Emails.Any(email => email.Type == type && Low(email.Value).Contains(Low(word), StringComparison.Ordinal)));

    private static Gen<AnyFilter> Primary => Gen.Constant(new AnyFilter("emails[primary eq true]", person => person.Emails.Any(email => email.Primary)));

    private static AnyFilter Of((string Name, bool CaseExact, Func<Person, string?[]> Values) attribute, (string Op, Func<string, string, bool> Holds) comparison, string word, bool negated)
    {
        var wanted = attribute.CaseExact ? word : Low(word);
        bool Matches(Person person) => attribute.Values(person).OfType<string>().Any(value => comparison.Holds(attribute.CaseExact ? value : Low(value), wanted));
        return new AnyFilter($"{attribute.Name} {comparison.Op} \"{Quoted(word)}\"", person => Matches(person) != negated);
    }

    private static string Low(string text) => text.ToLowerInvariant();

    /// <summary>The words are texts; one of them has a backslash and a quote in it, which a filter must escape.</summary>
    private static string Quoted(string word) => word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}

file static class Texts
{
    public static string Wrapped(this string text) => text.Contains(" and ", StringComparison.OrdinalIgnoreCase) || text.Contains(" or ", StringComparison.OrdinalIgnoreCase) ? $"({text})" : text;
}
