namespace Credence.Server.Pages.Account;

/// <summary>What the form for a code shows.</summary>
/// <param name="Headline">What the code is for.</param>
/// <param name="Sent">Where it went.</param>
/// <param name="Action">Where the form goes.</param>
/// <param name="Hidden">What goes with it unseen.</param>
/// <param name="Again">Where to ask for another.</param>
/// <param name="Problem">Why it did not do; null the first time.</param>
public sealed record CodeAsked(string Headline, string Sent, string Action, IReadOnlyList<(string Name, string? Value)> Hidden, string Again, string? Problem)
{
    /// <summary>The longest session token and code that are looked at.</summary>
    internal const int LongestSession = 1024, LongestCode = 32;

    /// <summary>A code without what people type between its digits.</summary>
    internal static string Typed(string code) => code.Length > LongestCode ? "" : string.Concat(code.Where(sign => !char.IsWhiteSpace(sign) && sign != '-'));
}
