using Credence.Scim;
using Credence.Storage;
using Credence.Tests.Support;
using FsCheck.Fluent;

namespace Credence.Tests.Scim;

public sealed class ScimFilterTests
{
    private const int Filters = 1_000;

    [Theory, EachEngine]
    public async Task A_thousand_generated_filters_find_whom_they_should(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        var people = new Dictionary<string, Person>(StringComparer.Ordinal);
        foreach (var person in AnyFilter.People.ListOf(120).Sample(1, 1)[0].Where(person => !string.IsNullOrWhiteSpace(person.UserName)))
        {
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            var made = await world.CreateAsync(by, ScimKind.User, person.ToJson());
            if (made.Succeeded) people[made.Value.Id] = person with { Born = made.Value.CreatedAt }; // two may have drawn one name
        }

        Assert.True(people.Count > 30, "there is somebody to find");
        var (some, groups) = (0, new List<string>());
        foreach (var name in new[] { "Pilots", "Crew", "Nobody" })
        {
            var members = people.Keys.Where((_, at) => name != "Nobody" && at % (name == "Crew" ? 2 : 3) == 0).ToList();
            var listed = string.Join(',', members.Select(id => $"{{\"value\":\"{id}\"}}"));
            groups.Add((await world.CreateAsync(by, ScimKind.Group, $$"""{"displayName":"{{name}}","members":[{{listed}}]}""")).Value.Id);
            foreach (var id in members) people[id] = people[id] with { Groups = [.. people[id].Groups, groups[^1]] };
        }

        foreach (var filter in AnyFilter.Any(3, world.Now.AddMinutes(-2), groups).Sample(Filters, 50))
        {
            var wanted = people.Where(each => filter.Holds(each.Value)).Select(each => each.Key).Order(StringComparer.Ordinal).ToList();
            if (wanted.Count > 0 && wanted.Count < people.Count) some++;
            var page = await world.ListAsync(by, filter.Text);
            var found = string.Join(' ', page.Ids());
            Assert.True(found == string.Join(' ', wanted) && page.Total == wanted.Count, $"{filter.Text}: wanted {wanted.Count}, found {page.Total}");
        }

        Assert.True(some > Filters / 4, $"only {some} filters told anybody from anybody");
    }

    [Theory]
    [InlineData("")]
    [InlineData("userName")]
    [InlineData("userName eq")]
    [InlineData("userName eq ada")]
    [InlineData("userName eq \"ada")]
    [InlineData("userName eq \"\\ud800\"")]
    [InlineData("userName eq \"\\u0000\"")]
    [InlineData("userName eq 1")]
    [InlineData("userName eq,co \"a\"")]
    [InlineData("userName 0 \"a\"")]
    [InlineData("userName eq \"a\" userName eq \"b\"")]
    [InlineData("userName eq \"a\" and")]
    [InlineData("(userName eq \"a\"")]
    [InlineData("userName eq \"a\")")]
    [InlineData("not userName eq \"a\"")]
    [InlineData("emails[type eq \"work\"")]
    [InlineData("userName[type eq \"work\"]")]
    [InlineData("nobody eq \"a\"")]
    [InlineData("password sw \"a\"")]
    [InlineData("active gt true")]
    [InlineData("active eq \"perhaps\"")]
    [InlineData("userName gt null")]
    [InlineData("meta.created gt \"yesterday\"")]
    public void What_cannot_be_read_is_an_invalid_filter(string filter) =>
        Assert.Equal("invalidFilter", FilterReader.Read(ScimKind.User, filter).Failure?.Code);

    [Fact]
    public void Depth_and_length_have_bounds()
    {
        Assert.Equal("invalidFilter", FilterReader.Read(ScimKind.User, new string('(', 100) + "active pr" + new string(')', 100)).Failure?.Code);
        Assert.Equal("invalidFilter", FilterReader.Read(ScimKind.User, string.Join(" or ", Enumerable.Repeat("active pr", 1_000))).Failure?.Code);
    }

    [Theory, EachEngine]
    public async Task Order_is_by_the_attribute_and_what_has_none_comes_last(EngineKind engine)
    {
        await using var world = await World.OnAsync(engine);
        var by = await world.DirectoryAsync();
        var (c, a, b) = (await world.UserAsync(by, "c", "2"), await world.UserAsync(by, "A"), await world.UserAsync(by, "b", "1"));

        Assert.Equal([a, b, c], (await world.ListAsync(by, sortBy: "userName")).Ids());
        Assert.Equal([c, b, a], (await world.ListAsync(by, sortBy: "userName", descending: true)).Ids());
        Assert.Equal([b, c, a], (await world.ListAsync(by, sortBy: "externalId")).Ids());
        Assert.Equal([b, c, a], (await world.ListAsync(by, filter: "userName ge \"a\"", sortBy: "externalId")).Ids()); // looked at one by one
        Assert.Equal([a, c, b], (await world.ListAsync(by, filter: "userName ge \"a\"", sortBy: "externalId", descending: true)).Ids());
    }
}
