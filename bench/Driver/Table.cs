namespace Credence.Bench;

/// <summary>The table that is printed at the end, as Markdown.</summary>
internal sealed class Table
{
    private readonly List<string[]> _rows = [["Work", "Measured", "p50", "p99", "server CPU", "database CPU", "Ratio", "Reach", ""]];

    /// <summary>A plain figure, and what it should be.</summary>
    public void Add(string work, string measured, string reach = "", bool? reached = null) =>
        _rows.Add([work, measured, "", "", "", "", "", reach, Mark(reached)]);

    /// <summary>A load's figures, what they are to their peer, and what they should be.</summary>
    public void Add(string work, Figures figures, string ratio = "", string reach = "", bool? reached = null) =>
        _rows.Add([work, $"{figures.PerSecond:N0}/s", $"{figures.P50:N2} ms", $"{figures.P99:N2} ms", $"{figures.Computing:N0} µs", figures.Database >= 1 ? $"{figures.Database:N0} µs" : "", ratio, reach, Mark(reached)]);

    /// <summary>Prints it.</summary>
    public void Print()
    {
        var widths = Enumerable.Range(0, _rows[0].Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        Console.WriteLine();
        foreach (var row in _rows)
        {
            Console.WriteLine($"| {string.Join(" | ", row.Select((cell, column) => cell.PadRight(widths[column])))} |");
            if (row == _rows[0]) Console.WriteLine($"|{string.Join("|", widths.Select(width => new string('-', width + 2)))}|");
        }
    }

    private static string Mark(bool? reached) => reached switch { true => "reached", false => "NOT reached", null => "" };
}
