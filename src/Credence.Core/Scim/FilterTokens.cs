using System.Text.Json;

namespace Credence.Scim;

/// <summary>The words, brackets and JSON values of a filter, one after the other.</summary>
/// <param name="text">The filter or path.</param>
internal sealed class FilterTokens(string text)
{
    private int _at;

    /// <summary>Whether nothing is left but white space.</summary>
    public bool IsAtEnd => Next() == '\0';

    /// <summary>The next character that is no white space, not taken; NUL at the end.</summary>
    public char Next()
    {
        while (_at < text.Length && char.IsWhiteSpace(text[_at])) _at++;
        return _at < text.Length ? text[_at] : '\0';
    }

    /// <summary>Takes <paramref name="character"/> when it comes next.</summary>
    public bool Take(char character)
    {
        if (Next() != character) return false;
        _at++;
        return true;
    }

    /// <summary>Takes <paramref name="word"/>, in any case, when it comes next and is a whole word.</summary>
    public bool Take(string word)
    {
        var before = _at;
        if (Word().Equals(word, StringComparison.OrdinalIgnoreCase)) return true;
        _at = before;
        return false;
    }

    /// <summary>Takes what comes next up to white space, a bracket or a quote; empty when there is none.</summary>
    public string Word()
    {
        Next();
        var start = _at;
        while (_at < text.Length && !char.IsWhiteSpace(text[_at]) && text[_at] is not ('(' or ')' or '[' or ']' or '"')) _at++;
        return text[start.._at];
    }

    /// <summary>Takes a JSON value: a string, true, false, null or a number.</summary>
    /// <returns>The text, the boolean, or <see cref="DBNull"/> for null; null when there is none, or it cannot be compared with anything here.</returns>
    public object? Value() => Next() == '"' ? Quoted() : Word().ToUpperInvariant() switch
    {
        "TRUE" => true,
        "FALSE" => false,
        "NULL" => DBNull.Value,
        _ => null,
    };

    private string? Quoted()
    {
        var start = _at++;
        while (_at < text.Length && text[_at] != '"') _at += text[_at] == '\\' ? 2 : 1;
        if (_at >= text.Length) return null;
        _at++;
        try
        {
            using var literal = JsonDocument.Parse(text[start.._at]);
            return ScimText.Of(literal.RootElement);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            return null; // a bad escape, a control character, or half of a surrogate pair
        }
    }
}
