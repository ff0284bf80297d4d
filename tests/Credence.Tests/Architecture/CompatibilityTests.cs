using System.Text.RegularExpressions;
using Credence.Tests.Support;

namespace Credence.Tests.Architecture;

/// <summary>Holds docs/compatibility.md to the tests there are.</summary>
public sealed partial class CompatibilityTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "compatibility.md"));

    [GeneratedRegex("`(?<name>[A-Z][a-z0-9]*(?:_[A-Za-z0-9]+)+)`", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex RoomTests();

    [GeneratedRegex(@"(?<file>[\w-]+\.test\.mjs)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex WireTests();

    [GeneratedRegex(@"\((?<file>decisions/[\w-]+\.md)\)", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Decisions();

    [Fact]
    public void Every_room_test_it_names_exists()
    {
        var there = typeof(CompatibilityTests).Assembly.GetTypes().SelectMany(type => type.GetMethods()).Select(method => method.Name).ToHashSet(StringComparer.Ordinal);
        var named = RoomTests().Matches(Page).Select(match => match.Groups["name"].Value).Where(name => name.Any(char.IsLower)).ToList();
        Assert.True(named.Count > 50);
        Assert.Empty(named.Where(name => !there.Contains(name)).Distinct());
    }

    [Fact]
    public void Every_wire_test_and_decision_it_names_exists()
    {
        var wire = WireTests().Matches(Page).Select(match => Path.Combine("tests", "wire", match.Groups["file"].Value));
        var decisions = Decisions().Matches(Page).Select(match => Path.Combine("docs", match.Groups["file"].Value));
        Assert.All(wire.Concat(decisions).Distinct(), file => Assert.True(File.Exists(Path.Combine(Repository.Root, file)), file));
    }

    [Theory]
    [InlineData(1, 24)]
    [InlineData(25, 30)]
    [InlineData(31, 33)]
    [InlineData(35, 38)]
    public void Every_row_of_operations_that_is_due_is_listed(int first, int last) =>
        Assert.All(Enumerable.Range(first, last - first + 1), row => Assert.Contains($"| O{row} |", Page, StringComparison.Ordinal));
}
