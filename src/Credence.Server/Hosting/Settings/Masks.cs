using System.Text.RegularExpressions;

namespace Credence.Server.Hosting.Settings;

/// <summary>How secret values are shown to people (contract operations O12).</summary>
internal static partial class Masks
{
    private const string Hidden = "[secret]";
    private const int TimeoutMs = 1000;
    private const RegexOptions Rules = RegexOptions.CultureInvariant | RegexOptions.IgnoreCase | RegexOptions.ExplicitCapture;

    /// <summary>Shows nothing of it.</summary>
    public static string Whole(string text) => Hidden;

    /// <summary>Hides the password of an address (database, mail server), or of libpq's key/value text.</summary>
    public static string AddressPassword(string text) => text.Contains("://", StringComparison.Ordinal)
        ? QueryPassword().Replace(UserPassword().Replace(text, "${kept}" + Hidden), "${kept}" + Hidden)
        : PairPassword().Replace(text, "${kept}" + Hidden);

    /// <summary>Hides the password of a Redis address, or of the client's <c>host:port,password=…</c>.</summary>
    public static string RedisPassword(string text) => text.Contains("://", StringComparison.Ordinal)
        ? UserPassword().Replace(text, "${kept}" + Hidden)
        : OptionPassword().Replace(text, "${kept}" + Hidden);

    [GeneratedRegex("""(?<kept>://[^:/?#@]*:)[^/?#]*(?=@)""", Rules, TimeoutMs)]
    private static partial Regex UserPassword();

    [GeneratedRegex("""(?<kept>[?&]password=)[^&]*""", Rules, TimeoutMs)]
    private static partial Regex QueryPassword();

    [GeneratedRegex("""(?<kept>\bpassword\s*=\s*)('(\\.|[^'\\])*'|(\\.|\S)*)""", Rules, TimeoutMs)]
    private static partial Regex PairPassword();

    [GeneratedRegex("""(?<kept>\bpassword\s*=)[^,]*""", Rules, TimeoutMs)]
    private static partial Regex OptionPassword();
}
