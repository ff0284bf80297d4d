namespace Credence.Server.Doors;

/// <summary>What every text from outside must satisfy before a rule looks at it.</summary>
internal static class TextRules
{
    /// <summary>Why <paramref name="text"/> cannot be taken, as the end of a sentence that begins with the field's name; null when it can.</summary>
    /// <remarks>Lengths count UTF-16 units, as the clients do. PostgreSQL stores no NUL, and a lone surrogate has no UTF-8.</remarks>
    public static string? Problem(string text, int min, int max)
    {
        if (text.Length < min || text.Length > max)
        {
            return text.Length == 0 ? "must not be empty" : $"must have {min} to {max} characters";
        }

        return IsStorable(text) ? null : "must not contain NUL characters or unpaired surrogates";
    }

    private static bool IsStorable(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF')) return !text.Contains('\0'); // nearly every text, many letters at a time
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '\0' || char.IsLowSurrogate(text[at])) return false;
            if (!char.IsHighSurrogate(text[at])) continue;
            at++; // the pair's second half
            if (at == text.Length || !char.IsLowSurrogate(text[at])) return false;
        }

        return true;
    }
}
