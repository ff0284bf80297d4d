using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Credence.Passwords;

/// <summary>What an Argon2id hash says of how it was made (PHC string format).</summary>
/// <param name="MemoryKib">Memory.</param>
/// <param name="Passes">Passes through it.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct Argon2Parameters(int MemoryKib, int Passes)
{
    /// <summary>Reads them; null for another form, older variants of Argon2 included.</summary>
    public static Argon2Parameters? Of(string hash)
    {
        var found = Form().Match(hash);
        return found.Success ? new Argon2Parameters(int.Parse(found.Groups["m"].Value), int.Parse(found.Groups["t"].Value)) : null;
    }

    [GeneratedRegex(@"^\$argon2id\$v=19\$m=(?<m>\d{1,9}),t=(?<t>\d{1,9}),p=\d{1,3}\$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1_000)]
    private static partial Regex Form();
}
