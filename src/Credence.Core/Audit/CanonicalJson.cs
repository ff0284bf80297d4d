using System.Text;
using System.Text.Json;

namespace Credence.Audit;

/// <summary>
/// JSON in the one form of RFC 8785 for what the system chain holds: objects, texts and whole numbers below 2^53. Members are sorted by
/// UTF-16 code unit, nothing is spaced, and only what ECMAScript escapes is escaped.
/// </summary>
public static class CanonicalJson
{
    /// <summary>Writes <paramref name="members"/>, whose values are texts, whole numbers, null, or dictionaries of texts.</summary>
    public static string Write(SortedDictionary<string, object> members)
    {
        var text = new StringBuilder("{");
        foreach (var (name, value) in members)
        {
            if (text.Length > 1) text.Append(',');
            Append(text, name).Append(':');
            switch (value)
            {
                case string word: Append(text, word); break;
                case long number: text.Append(number); break;
                case SortedDictionary<string, string> nested: Append(text, nested); break;
                default: throw new NotSupportedException($"{value.GetType()} has no canonical form here");
            }
        }

        return text.Append('}').ToString();
    }

    /// <summary>Puts <c>seq</c> and <c>prevHash</c> into an object that <see cref="Write"/> made.</summary>
    public static string Place(string body, long sequence, string? previousHash)
    {
        using var parsed = JsonDocument.Parse(body);
        var members = new SortedDictionary<string, string>(StringComparer.Ordinal)
        {
            ["seq"] = sequence.ToString(),
            ["prevHash"] = previousHash is null ? "null" : $"\"{previousHash}\"",
        };
        foreach (var member in parsed.RootElement.EnumerateObject()) members[member.Name] = member.Value.GetRawText(); // canonical already
        var text = new StringBuilder("{");
        foreach (var (name, raw) in members)
        {
            if (text.Length > 1) text.Append(',');
            Append(text, name).Append(':').Append(raw);
        }

        return text.Append('}').ToString();
    }

    private static void Append(StringBuilder text, SortedDictionary<string, string> nested)
    {
        text.Append('{');
        var first = true;
        foreach (var (name, value) in nested)
        {
            if (!first) text.Append(',');
            first = false;
            Append(Append(text, name).Append(':'), value);
        }

        text.Append('}');
    }

    /// <summary>A string as ECMAScript's <c>JSON.stringify</c> writes it (RFC 8785 3.2.2.2): half a surrogate pair, which has no UTF-8, is escaped too.</summary>
    internal static StringBuilder Append(StringBuilder text, ReadOnlySpan<char> value)
    {
        text.Append('"');
        for (var at = 0; at < value.Length; at++)
        {
            var letter = value[at];
            if (char.IsHighSurrogate(letter) && at + 1 < value.Length && char.IsLowSurrogate(value[at + 1]))
            {
                text.Append(letter).Append(value[++at]);
                continue;
            }

            _ = letter switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\t' => text.Append("\\t"),
                '\n' => text.Append("\\n"),
                '\f' => text.Append("\\f"),
                '\r' => text.Append("\\r"),
                < ' ' => text.Append("\\u").Append(((int)letter).ToString("x4")),
                _ when char.IsSurrogate(letter) => text.Append("\\u").Append(((int)letter).ToString("x4")),
                _ => text.Append(letter),
            };
        }

        return text.Append('"');
    }
}
