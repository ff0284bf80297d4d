using System.Text;
using Credence.Organizations;

namespace Credence.People;

/// <summary>The one spelling of an identifier, in which it is stored, looked up and counted (contract identity B.3).</summary>
public static class Normalized
{
    /// <summary>The shortest and the longest user name.</summary>
    public const int ShortestName = 4, LongestName = 80;

    private const int ShortestNumber = 8, LongestNumber = 15; // E.164 6.2.1

    /// <summary>Letters whose compatibility form (NFKC) is another text, or whose small one is two.</summary>
    private const string Unstable = "\u00D7\u00F7\u0130\u0132\u0133\u013F\u0140\u0149\u017F\u01C4\u01C5\u01C6\u01C7\u01C8\u01C9\u01CA\u01CB\u01CC\u01F1\u01F2\u01F3\u1E9A\u1E9B";

    /// <summary>Normalises what was typed; null when it is no identifier of that sort.</summary>
    public static string? Of(IdentifierScheme scheme, string typed) => scheme switch
    {
        IdentifierScheme.Email => EmailAddress.Normalize(typed),
        IdentifierScheme.PhoneNumber => PhoneNumber(typed),
        _ => UserName(typed),
    };

    /// <summary>E.164: <c>+</c> and 8 to 15 digits, without what people put between them.</summary>
    public static string? PhoneNumber(string typed)
    {
        var number = new StringBuilder(typed.Length);
        foreach (var sign in typed.Trim())
        {
            if (char.IsAsciiDigit(sign) || (sign == '+' && number.Length == 0)) number.Append(sign);
            else if (sign is not (' ' or '-' or '.' or '(' or ')' or '/')) return null;
        }

        var text = number.ToString();
        if (text.StartsWith("00", StringComparison.Ordinal)) text = "+" + text[2..];
        return text.Length is > ShortestNumber and <= LongestNumber + 1 && text[0] == '+' && text[1] != '0' ? text : null;
    }

    /// <summary>
    /// A user name in small letters. Only Latin letters, digits and <c>. _ -</c> are taken, and full-width ones as what they stand for: of all these the small letter
    /// is the NFKC form, no two look alike that are not, and a name is never an address (decision 0035).
    /// </summary>
    public static string? UserName(string typed)
    {
        var name = new StringBuilder(typed.Length);
        foreach (var sign in typed.Trim())
        {
            var plain = sign is >= '\uFF01' and <= '\uFF5E' ? (char)(sign - 0xFEE0) : sign;
            if (!IsTaken(plain)) return null;
            name.Append(char.ToLowerInvariant(plain));
        }

        return name.Length is >= ShortestName and <= LongestName ? name.ToString() : null;
    }

    private static bool IsTaken(char sign) =>
        char.IsAsciiLetterOrDigit(sign) || sign is '.' or '_' or '-' || (sign is (>= '\u00C0' and <= '\u024F') or (>= '\u1E00' and <= '\u1EFF') && !Unstable.Contains(sign, StringComparison.Ordinal));
}
