using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace Credence.Storage;

/// <summary>
/// A statement and its parameters. Written as an interpolated string in which every hole becomes a parameter, so that text
/// can never become SQL; a hole that is itself a <see cref="Sql"/> is spliced in.
/// </summary>
[InterpolatedStringHandler]
public sealed class Sql
{
    private readonly StringBuilder _text;
    private readonly List<object> _values;

    /// <summary>Called by the compiler.</summary>
    public Sql(int literalLength, int formattedCount)
    {
        _text = new StringBuilder(literalLength + (formattedCount * 3));
        _values = new List<object>(formattedCount);
    }

    /// <summary>Nothing: splices to no text.</summary>
    public static Sql None => new(0, 0);

    /// <summary>The statement, with <c>$1</c>, <c>$2</c>, … where the holes were; both engines read that form.</summary>
    public string Text => _text.ToString();

    /// <summary>What it does, in a word of a few: <c>select</c>, <c>insert</c>, <c>update</c>, <c>delete</c>, <c>with</c>, else <c>other</c>.</summary>
    internal string Operation => _text.Length == 0 ? "other" : _text[0] switch
    {
        's' when _text.Length > 1 && _text[1] == 'e' => "select",
        'i' => "insert",
        'u' => "update",
        'd' => "delete",
        'w' => "with",
        _ => "other", // savepoints, and what migrations do
    };

    /// <summary>The values of <c>$1</c>, <c>$2</c>, …, in a form both drivers store alike.</summary>
    public IReadOnlyList<object> Values => _values;

    /// <summary>The statement itself: says that an interpolated text with <see cref="Sql"/> in its holes is one, where only its target type would.</summary>
    public static Sql Of(Sql statement) => statement;

    /// <summary>These columns as those of the table that a join calls <paramref name="alias"/>, since the others may have some of the same name.</summary>
    internal Sql From(char alias)
    {
        var columns = new Sql(0, 0);
        columns.AppendLiteral(string.Join(", ", Text.Split(',', StringSplitOptions.TrimEntries).Select(column => $"{alias}.{column}")));
        return columns;
    }

    /// <summary>A list for <c>in (…)</c>: one parameter each.</summary>
    public static Sql List<TItem>(IEnumerable<TItem> items)
    {
        var list = new Sql(0, 0);
        var separator = "(";
        foreach (var item in items)
        {
            list.AppendLiteral(separator);
            list.AppendFormatted(item);
            separator = ", ";
        }

        list.AppendLiteral(separator == "(" ? "(null)" : ")");
        return list;
    }

    /// <summary>Called by the compiler for the text between holes.</summary>
    public void AppendLiteral(string literal) => _text.Append(literal);

    /// <summary>Called by the compiler for a hole.</summary>
    public void AppendFormatted<T>(T value)
    {
        if (value is Sql fragment)
        {
            Splice(fragment);
            return;
        }

        _values.Add(Store(value));
        _text.Append('$').Append(_values.Count);
    }

    private void Splice(Sql fragment)
    {
        if (fragment._values.Count == 0)
        {
            _text.Append(fragment._text);
            return;
        }

        var before = _values.Count;
        var text = fragment.Text;
        for (var at = 0; at < text.Length; at++)
        {
            _text.Append(text[at]);
            if (text[at] != '$') continue;
            var number = 0;
            while (at + 1 < text.Length && char.IsAsciiDigit(text[at + 1])) number = (number * 10) + (text[++at] - '0');
            _text.Append(before + number);
        }

        _values.AddRange(fragment._values);
    }

    private static object Store<T>(T value) => value switch
    {
        null => DBNull.Value,
        string or long or int or bool or byte[] => value,
        DateTimeOffset at => at.ToUnixTimeMilliseconds(),
        PersonId person => person.Value,
        IReadOnlyList<string> texts => JsonSerializer.Serialize(texts, StorageJson.Default.IReadOnlyListString),
        Enum name => Words.Of(name),
        _ when typeof(T).IsGenericType || Nullable.GetUnderlyingType(typeof(T)) is not null => value.ToString()!,
        _ => throw new NotSupportedException($"{typeof(T)} has no stored form"),
    };
}
