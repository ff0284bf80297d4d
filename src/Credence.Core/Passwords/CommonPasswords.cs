using System.Collections.Frozen;
using System.Reflection;
using System.Text;

namespace Credence.Passwords;

/// <summary>Knows what everybody tries first (NIST SP 800-63B 3.1.1.2): well-known passwords, also with other letters swapped in or a few signs at the end.</summary>
public static class CommonPasswords
{
    private const int LongestEnding = 4;
    private const int FewSigns = 3;
    private const string Swapped = "@4013$5!7";
    private const string Meant = "aaoiessit";
    private static readonly FrozenSet<string> Known = Read();

    /// <summary>Whether <paramref name="password"/> is one, or one of the <paramref name="names"/> of whom it is for.</summary>
    public static bool IsOne(string password, params IReadOnlyCollection<string> names)
    {
        var lower = password.ToLowerInvariant();
        if (lower.Distinct().Take(FewSigns).Count() < FewSigns || IsRun(lower)) return true;
        return Spellings(lower).Any(spelling => Known.Contains(spelling) || names.Contains(spelling, StringComparer.OrdinalIgnoreCase));
    }

    private static IEnumerable<string> Spellings(string password)
    {
        for (var end = password.Length; end >= Math.Max(1, password.Length - LongestEnding); end--)
        {
            yield return password[..end];
            yield return Unswapped(password[..end]);
            if (char.IsLetter(password[end - 1])) yield break; // only digits and signs are an ending
        }
    }

    private static string Unswapped(string password)
    {
        var text = new StringBuilder(password);
        for (var at = 0; at < Swapped.Length; at++) text.Replace(Swapped[at], Meant[at]);
        return text.ToString();
    }

    /// <summary>Whether each sign follows the one before: <c>abcdefgh</c>, <c>87654321</c>.</summary>
    private static bool IsRun(string password)
    {
        var step = password[1] - password[0];
        if (step is not (1 or -1)) return false;
        for (var at = 2; at < password.Length; at++)
        {
            if (password[at] - password[at - 1] != step) return false;
        }

        return true;
    }

    private static FrozenSet<string> Read()
    {
        using var list = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream("common-passwords.txt")!);
        return list.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).ToFrozenSet(StringComparer.Ordinal);
    }
}
