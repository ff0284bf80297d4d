namespace Credence.Storage;

/// <summary>Many rows in one statement.</summary>
public static class ManyRows
{
    private static readonly int[] Lengths = [64, 8, 1];

    /// <summary>Cuts <paramref name="items"/> into runs of 64, 8 and 1: a statement of many rows has three texts then, which the database prepares once each.</summary>
    public static IEnumerable<ArraySegment<T>> InRuns<T>(T[] items)
    {
        var at = 0;
        foreach (var length in Lengths)
        {
            for (; items.Length - at >= length; at += length) yield return new ArraySegment<T>(items, at, length);
        }
    }

    /// <summary><c>values (…), (…)</c>, a row in parentheses for each item.</summary>
    public static Sql Values<T>(ArraySegment<T> items, Func<T, Sql> row)
    {
        Sql rows = $"values ";
        foreach (var item in items)
        {
            if (rows.Values.Count > 0) rows.AppendLiteral(", ");
            rows.AppendFormatted(row(item));
        }

        return rows;
    }
}
