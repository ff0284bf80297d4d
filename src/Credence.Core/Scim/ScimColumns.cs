using Credence.Storage;

namespace Credence.Scim;

/// <summary>Which attributes of a kind of resource the database can look for by itself; everything here never yields SQL null, so that it can be negated.</summary>
/// <param name="Texts">Columns of texts by the attribute's path; in lower case where case does not count.</param>
/// <param name="Times">Columns of instants.</param>
/// <param name="Flags">Columns of booleans.</param>
/// <param name="Elsewhere">Values that many rows of another table hold: a condition for an equal one.</param>
public sealed record ScimColumns(
    IReadOnlyDictionary<string, ScimColumns.Text> Texts,
    IReadOnlyDictionary<string, string> Times,
    IReadOnlyDictionary<string, string> Flags,
    IReadOnlyDictionary<string, Func<string, Sql>> Elsewhere)
{
    /// <summary>A column of texts.</summary>
    /// <param name="Column">Its name.</param>
    /// <param name="IsKey">Whether it holds lower case.</param>
    /// <param name="IsOptional">Whether it may be null.</param>
    public sealed record Text(string Column, bool IsKey, bool IsOptional);

    /// <summary>The condition that the attribute has a value, or null when the database cannot tell.</summary>
    public Sql? Present(string path)
    {
        if (Texts.TryGetValue(path, out var text)) return Raw(text.IsOptional ? $"({text.Column} is not null and {text.Column} <> '')" : "1 = 1");
        return Times.ContainsKey(path) || Flags.ContainsKey(path) ? Raw("1 = 1") : null;
    }

    /// <summary>The condition that it compares so, or null when the database cannot tell.</summary>
    public Sql? Compare(string path, FilterOp op, object value)
    {
        if (value is bool flag) return Flags.TryGetValue(path, out var column) ? Of($"({Raw(column)} = {flag})") : null;
        if (value is DateTimeOffset at) return Times.TryGetValue(path, out var time) ? Compare(time, op, at) : null;
        if (value is not string wanted) return null;
        if (Texts.TryGetValue(path, out var text)) return Compare(text, op, text.IsKey ? wanted.ToLowerInvariant() : wanted);
        return op == FilterOp.Eq && Elsewhere.TryGetValue(path, out var elsewhere) ? elsewhere(wanted) : null;
    }

    /// <summary>The column to sort by, or null when the database has none.</summary>
    public string? Order(string path) =>
        Texts.TryGetValue(path, out var text) ? text.Column : Times.TryGetValue(path, out var time) ? time : Flags.GetValueOrDefault(path);

    /// <summary>Part of a statement that is no value: a column's name.</summary>
    internal static Sql Raw(string text)
    {
        var sql = new Sql(text.Length, 0);
        sql.AppendLiteral(text);
        return sql;
    }

    private static Sql Of(Sql condition) => condition;

    /// <summary>Stored instants have whole milliseconds; one between two of them is compared as it is by looking at its neighbours.</summary>
    private static Sql? Compare(string column, FilterOp op, DateTimeOffset at)
    {
        var (below, isWhole) = (at.ToMillisecond(), at == at.ToMillisecond());
        return op switch
        {
            FilterOp.Eq => isWhole ? Of($"({Raw(column)} = {below})") : Raw("1 = 0"),
            FilterOp.Gt => Of($"({Raw(column)} > {below})"),
            FilterOp.Ge => isWhole ? Of($"({Raw(column)} >= {below})") : Of($"({Raw(column)} > {below})"),
            FilterOp.Lt => isWhole ? Of($"({Raw(column)} < {below})") : Of($"({Raw(column)} <= {below})"),
            FilterOp.Le => Of($"({Raw(column)} <= {below})"),
            _ => null,
        };
    }

    /// <summary>Only what both engines decide letter by letter: whether a text is greater depends on the database's locale.</summary>
    private static Sql? Compare(Text text, FilterOp op, string wanted)
    {
        var (column, length) = (Raw(text.Column), wanted.EnumerateRunes().Count());
        return op switch
        {
            FilterOp.Eq => Of($"({column} is not null and {column} = {wanted})"),
            FilterOp.Co => wanted.Length == 0 ? Of($"({column} is not null)") : Of($"({column} is not null and replace({column}, {wanted}, '') <> {column})"),
            FilterOp.Sw => Of($"({column} is not null and substr({column}, 1, {length}) = {wanted})"),
            FilterOp.Ew => Of($"({column} is not null and length({column}) >= {length} and substr({column}, length({column}) - {length} + 1) = {wanted})"),
            _ => null,
        };
    }
}
