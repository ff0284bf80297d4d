using System.Buffers;
using System.Buffers.Text;

namespace Credence.Tokens;

/// <summary>Base64url in its one spelling (RFC 7515 2): no padding, no white space, and no bits after the last byte, so that no two texts mean one token.</summary>
internal static class CanonicalBase64
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private static readonly SearchValues<char> Alphabet = SearchValues.Create(Letters);

    /// <returns>The bytes; null when the text is spelled in any other way.</returns>
    public static byte[]? Decode(ReadOnlySpan<char> text)
    {
        if (text.ContainsAnyExcept(Alphabet) || text.Length % 4 == 1) return null;
        var spare = (text.Length % 4) switch { 2 => 0b1111, 3 => 0b11, _ => 0 };
        if (spare != 0 && (Letters.IndexOf(text[^1], StringComparison.Ordinal) & spare) != 0) return null;
        return Base64Url.DecodeFromChars(text);
    }
}
