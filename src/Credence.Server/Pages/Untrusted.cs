using System.Globalization;
using System.Text;

namespace Credence.Server.Pages;

/// <summary>Text that a developer wrote and a person reads. Razor encodes it and <c>bdi</c> keeps its direction to itself; this keeps it from hiding or filling the page.</summary>
internal static class Untrusted
{
    private const int MarksPerCharacter = 4; // a character may pile up any number of combining marks

    /// <summary>At most <paramref name="characters"/> characters as a person counts them, with an ellipsis for the rest; a text with nothing to see says so.</summary>
    public static string Shorten(string text, int characters)
    {
        if (!text.EnumerateRunes().Any(IsSeen)) return "(no name)";

        var most = characters * MarksPerCharacter;
        var shown = new StringInfo(text.Length > most ? text[..most] : text);
        return shown.LengthInTextElements <= characters && text.Length <= most
            ? text
            : shown.SubstringByTextElements(0, Math.Min(characters, shown.LengthInTextElements)) + "…";
    }

    private static bool IsSeen(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.IsPunctuation(rune) || Rune.IsSymbol(rune);
}
