using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Credence.Audit;

/// <summary>
/// Any JSON value in canonical form (RFC 8785; contract grantex-core 7, hash chain): members sorted by UTF-16 code unit at every level, numbers
/// read as doubles and written as ECMAScript does, nothing spaced.
/// </summary>
public static class CanonicalValue
{
    /// <summary>Writes <paramref name="value"/>.</summary>
    /// <returns>Null when it holds a number that is too large for a double: its canonical form would be another value.</returns>
    public static string? Write(JsonElement value)
    {
        var text = new StringBuilder();
        return TryAppend(text, value) ? text.ToString() : null;
    }

    private static bool TryAppend(StringBuilder text, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: return TryAppendObject(text, value);
            case JsonValueKind.Array: return TryAppendArray(text, value);
            case JsonValueKind.Number: return TryAppendNumber(text, value);
            case JsonValueKind.String: CanonicalJson.Append(text, Unescaped(value.GetRawText())); return true;
            default: text.Append(value.GetRawText()); return true; // true, false, null
        }
    }

    private static bool TryAppendObject(StringBuilder text, JsonElement value)
    {
        var members = value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal);
        var separator = '{';
        foreach (var member in members)
        {
            CanonicalJson.Append(text.Append(separator), member.Name).Append(':');
            if (!TryAppend(text, member.Value)) return false;
            separator = ',';
        }

        text.Append(separator == '{' ? "{}" : "}");
        return true;
    }

    private static bool TryAppendArray(StringBuilder text, JsonElement value)
    {
        var separator = '[';
        foreach (var item in value.EnumerateArray())
        {
            if (!TryAppend(text.Append(separator), item)) return false;
            separator = ',';
        }

        text.Append(separator == '[' ? "[]" : "]");
        return true;
    }

    private static bool TryAppendNumber(StringBuilder text, JsonElement value)
    {
        if (!value.TryGetDouble(out var number) || !double.IsFinite(number)) return false;
        EcmaNumber.Append(text, number);
        return true;
    }

    /// <summary>The letters of a JSON string literal. The framework's own reader refuses half a surrogate pair, which JSON can say.</summary>
    private static string Unescaped(string literal)
    {
        if (!literal.Contains('\\')) return literal[1..^1];
        var text = new StringBuilder(literal.Length);
        for (var at = 1; at < literal.Length - 1; at++)
        {
            if (literal[at] != '\\')
            {
                text.Append(literal[at]);
                continue;
            }

            at++;
            text.Append(literal[at] switch
            {
                'b' => '\b',
                't' => '\t',
                'n' => '\n',
                'f' => '\f',
                'r' => '\r',
                'u' => (char)ushort.Parse(literal.AsSpan(at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture),
                var itself => itself,
            });
            if (literal[at] == 'u') at += 4;
        }

        return text.ToString();
    }
}
