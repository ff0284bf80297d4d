using System.Text.Json;

namespace Credence.Scim;

/// <summary>Texts from outside.</summary>
internal static class ScimText
{
    /// <summary>The longest value; certificates and photos' addresses fit.</summary>
    public const int Longest = 8_192;

    /// <summary>The text of a JSON string that can be stored: no NUL, no half of a surrogate pair, not too long.</summary>
    /// <returns>Null for anything else.</returns>
    public static string? Of(JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return value.GetString() is { } text && text.Length <= Longest && !text.Contains('\0') ? text : null;
        }
        catch (InvalidOperationException)
        {
            return null; // an unpaired surrogate, written as an escape
        }
    }
}
