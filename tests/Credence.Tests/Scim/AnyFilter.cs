using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Credence.Tests.Scim;

/// <summary>A person as the test knows them, and as a directory would send them.</summary>
internal sealed record Person(string UserName, string? ExternalId, string? Title, string? Family, string? Department, bool Active, (string Value, string Type, bool Primary)[] Emails)
{
    /// <summary>When they came.</summary>
    public DateTimeOffset Born { get; init; }

    /// <summary>The groups they are in.</summary>
    public IReadOnlyList<string> Groups { get; init; } = [];

    public string ToJson() => JsonSerializer.Serialize(new Dictionary<string, object?>(StringComparer.Ordinal)
    {
        ["userName"] = UserName,
        ["externalId"] = ExternalId,
        ["title"] = Title,
        ["name"] = Family is null ? null : new { familyName = Family },
        [AnyFilter.Enterprise] = Department is null ? null : new { department = Department },
        ["active"] = Active,
        ["emails"] = Emails.Select(email => new { value = email.Value, type = email.Type, primary = email.Primary }),
    });
}

/// <summary>A filter as text, and what it means, written down beside it without the reader, the matcher or the SQL of the server.</summary>
internal sealed record AnyFilter(string Text, Func<Person, bool> Holds)
{
    public const string Enterprise = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

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
        ($"{Enterprise}:department", false, person => [person.Department]),
        ("Department", false, person => [person.Department]),
        ("emails.value", false, person => [.. person.Emails.Select(email => email.Value)]),
        ("emails", false, person => [.. person.Emails.Select(email => email.Value)]),
        ("emails.type", false, person => [.. person.Emails.Select(email => email.Type)]),
    ];

    public static Gen<Person> People { get; } =
        from user in Word
        from external in Gen.OneOf(Gen.Constant<string?>(null), Word.Select(word => (string?)word))
        from title in Gen.OneOf(Gen.Constant<string?>(null), Word.Select(word => (string?)word))
        from family in Gen.OneOf(Gen.Constant<string?>(null), Word.Select(word => (string?)word))
        from department in Gen.OneOf(Gen.Constant<string?>(null), Word.Select(word => (string?)word))
        from active in Gen.Elements(true, false)
        from emails in (from value in Word where value.Length > 0 from type in Gen.Elements("work", "home") select (value, type, false)).ListOf(2)
        select new Person(user, external, title, family, department, active, [.. emails]);

    private static Gen<string> Word => from left in Gen.Elements(Words) from right in Gen.Elements(Words) select left + right;

    /// <param name="depth">How deep it may be nested.</param>
    /// <param name="start">A time that is about when people came.</param>
    /// <param name="groups">The groups that they may be in.</param>
    public static Gen<AnyFilter> Any(int depth, DateTimeOffset start, IReadOnlyList<string> groups)
    {
        var plain = Gen.OneOf(Compared, Present, Active, Both, Primary, Born(start), In(groups));
        return Nested(depth);

        Gen<AnyFilter> Nested(int left) => left == 0 ? plain : Gen.Frequency(
            (2, plain),
            (1, from one in Nested(left - 1) from other in Nested(left - 1) select new AnyFilter($"({one.Text}) and {other.Text.Wrapped()}", person => one.Holds(person) && other.Holds(person))),
            (1, from one in Nested(left - 1) from other in Nested(left - 1) select new AnyFilter($"{one.Text.Wrapped()} OR ({other.Text})", person => one.Holds(person) || other.Holds(person))),
            (1, from inner in Nested(left - 1) select new AnyFilter($"not ({inner.Text})", person => !inner.Holds(person))));
    }

    private static Gen<AnyFilter> Born(DateTimeOffset start) =>
        from compared in Gen.Elements<(string Op, Func<int, bool> Holds)>(
            ("eq", order => order == 0), ("ne", order => order != 0), ("gt", order => order > 0), ("ge", order => order >= 0), ("lt", order => order < 0), ("le", order => order <= 0))
        from half in Gen.Choose(0, 240)
        let at = start.AddMilliseconds(half * 500)
        select new AnyFilter($"meta.created {compared.Op} \"{at.Iso()}\"", person => compared.Holds(person.Born.CompareTo(at)));

    private static Gen<AnyFilter> In(IReadOnlyList<string> groups) =>
        from wanted in Gen.Elements(groups.AsEnumerable())
        from form in Gen.Elements("groups eq \"{0}\"", "groups.value eq \"{0}\"", "groups[value eq \"{0}\" and type eq \"direct\"]", "groups[value sw \"{0}\"]")
        select new AnyFilter(form.Replace("{0}", wanted, StringComparison.Ordinal), person => person.Groups.Contains(wanted));

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
