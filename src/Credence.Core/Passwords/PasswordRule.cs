namespace Credence.Passwords;

/// <summary>What a password must be that somebody chooses (contract identity C.15).</summary>
public static class PasswordRule
{
    /// <summary>The shortest and the longest that is taken.</summary>
    public const int Shortest = 8, Longest = 256;

    /// <summary>Whether it is long enough, not too long, and none that everybody tries first.</summary>
    /// <param name="password">The password.</param>
    /// <param name="names">What whoever it is for is called.</param>
    public static bool Takes(string password, params IReadOnlyCollection<string> names) =>
        password.Length is >= Shortest and <= Longest && !CommonPasswords.IsOne(password, names);
}
