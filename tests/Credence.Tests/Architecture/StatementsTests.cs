using System.Text.RegularExpressions;
using Credence.Tests.Support;

namespace Credence.Tests.Architecture;

/// <summary>Holds the code to decision 0049: statements name their columns, and a record names those it is read from, no more and no fewer.</summary>
public sealed partial class StatementsTests
{
    /// <summary>A <c>*</c> in the place of a column: after <c>select</c>, <c>returning</c>, a comma or an alias. <c>count(*)</c> is none.</summary>
    [GeneratedRegex(@"\b(?:select|returning)\s(?:(?!\bfrom\b)[^;""])*?(?<=\b(?:select|returning|distinct)\s+|,\s*|\w\.)\*", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Stars();

    [GeneratedRegex(@"static Sql \w*Columns \{ get; \} = Sql\.Of\(\s*\$""+(?<names>[^""]*)""", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Lists();

    /// <summary>A column by its name, or <c>{Type.Columns}</c>.</summary>
    [GeneratedRegex(@"(?<column>\w+)(?<type>\.Columns)?", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Names();

    /// <summary><c>row.Text("column")</c>, or <c>Type.Read(row)</c>.</summary>
    [GeneratedRegex(@"\brow\.\w+(<\w+>)?\(""(?<column>\w+)""\)|\b(?<type>[A-Z]\w+)\.\w+\(row[,)]", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Reads();

    /// <summary>What a statement reads by itself: its columns stand in it.</summary>
    [GeneratedRegex(@"\brow => [^;]*;", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex ReadInPlace();

    [Fact]
    public void No_statement_asks_for_whatever_columns_there_are()
    {
        var stars = from file in Directory.GetFiles(Path.Combine(Repository.Root, "src"), "*.cs", SearchOption.AllDirectories)
                    from Match star in Stars().Matches(File.ReadAllText(file))
                    select $"{Path.GetFileName(file)}: {star.Value}";
        Assert.Empty(stars);
    }

    [Fact]
    public void A_record_names_exactly_the_columns_it_is_read_from()
    {
        var records = Directory.GetFiles(Path.Combine(Repository.Root, "src", "Credence.Core"), "*.cs", SearchOption.AllDirectories)
            .Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file))).Where(record => Lists().IsMatch(record.Text)).ToList();
        Assert.True(records.Count > 40);
        Assert.Empty(
            from record in records
            let differing = Named(record.Text).Except(Read(record.Text)).Concat(Read(record.Text).Except(Named(record.Text))).ToList()
            where differing.Count > 0
            select $"{record.Name}: {string.Join(", ", differing)}");
    }

    private static HashSet<string> Named(string text) =>
        [.. from Match list in Lists().Matches(text)
            from Match name in Names().Matches(list.Groups["names"].Value)
            from column in name.Groups["type"].Success ? Named(Source(name.Groups["column"].Value)) : [name.Groups["column"].Value]
            select column];

    private static HashSet<string> Read(string text) =>
        [.. from Match read in Reads().Matches(ReadInPlace().Replace(text, ""))
            from column in read.Groups["type"].Success ? Read(Source(read.Groups["type"].Value)) : [read.Groups["column"].Value]
            select column];

    private static string Source(string type) =>
        File.ReadAllText(Directory.GetFiles(Path.Combine(Repository.Root, "src", "Credence.Core"), type + ".cs", SearchOption.AllDirectories).Single());
}
