using Credence.Gateways;
using Credence.Tokens;

namespace Credence.Server.Hosting.Settings;

/// <summary>The door for proxies that ask before they let a request through (contract forward-auth A.1, B.10; standards 11).</summary>
internal static class ForwardAuthSettings
{
    public static readonly Setting<string> Issuer = new("FORWARD_AUTH_ISSUER", Name)
    {
        Form = "1 to 255 characters of visible ASCII; no address",
        Default = "auth-service",
        About = "The `iss` of tokens of the forward-auth door. It is no address, so that no other token here has the same.",
    };

    public static readonly Setting<int> TokenSeconds = new("AUTH_TOKEN_TTL_SECONDS", Forms.Number(60, (int)ForwardToken.LongestLife.TotalSeconds))
    {
        Form = "seconds, 60 to 86400",
        Default = "86400",
        About = "How long a token of the forward-auth door lives.",
    };

    public static readonly Setting<int> SkewSeconds = new("JWT_CLOCK_SKEW_SECONDS", Forms.Number(0, 60))
    {
        Form = "seconds, 0 to 60",
        Default = "0",
        About = "How long after its end `/verify` still takes a token.",
    };

    public static readonly Setting<int> ShortestPassword = new("AUTH_PASSWORD_MIN_LENGTH", Forms.Number(1, 72))
    {
        Form = "characters, 1 to 72",
        Default = "8",
        About = "The shortest password that `/auth/register` takes.",
    };

    public static readonly Setting<bool> HideDuplicates = new("AUTH_HIDE_DUPLICATES", Forms.Flag)
    {
        Form = "true or false",
        Default = "false",
        About = "Whether `/auth/register` answers 202 for a new address and a taken one alike. Whoever has the address hears of it by mail, and a new one signs in once its mail is confirmed.",
    };

    public static readonly Setting<bool> PublicVerify = new("AUTH_PUBLIC_VERIFY", Forms.Flag)
    {
        Form = "true or false",
        Default = "false",
        About = "Serves `/verify` as `/auth/verify` too, which proxies route to the public.",
    };

    public static readonly Setting<bool?> LegacyMode = new("AUTH_LEGACY_MODE", text => Forms.Flag(text))
    {
        Form = "true or false",
        About = "Whether the forward-auth door may run without a database, and issue tokens to anybody: `true` allows it in production too, `false` nowhere. Unset: outside production.",
    };

    public static readonly Setting<string?> JwtSecret = new("JWT_SECRET", Forms.Text)
    {
        Form = "any text",
        About = "Ignored; a warning says so. A former service had it.",
        Mask = Masks.Whole,
    };

    public static readonly Setting<string?> RoutesFile = new("FORWARD_AUTH_ROUTES_FILE", Routes)
    {
        Form = "a file",
        About = "Which hosts and paths behind proxies `/forward-auth` lets whom through to, as JSON ([decision 0040](decisions/0040-forward-auth.md)). Read again when it changes. Unset: nobody, nowhere.",
    };

    public static readonly Setting<string?> CookieDomain = new("FORWARD_AUTH_COOKIE_DOMAIN", DomainName)
    {
        Form = "a domain that the host of PUBLIC_BASE_URL lies in, such as `example.com`",
        About = "The domain whose hosts behind proxies get the cookie of who is signed in. Unset: the host of PUBLIC_BASE_URL alone.",
    };

    public static readonly Setting<string> Cookie = new("FORWARD_AUTH_COOKIE", CookieName)
    {
        Form = "a name of letters, digits, `-` and `_`",
        Default = "`credence-visit`; over https `__Host-credence-visit`, or with FORWARD_AUTH_COOKIE_DOMAIN `__Secure-credence-visit`",
        DefaultFrom = values => values.Of(NetworkSettings.PublicBaseUrl).StartsWith("https:", StringComparison.OrdinalIgnoreCase)
            ? $"{(values.IsSet(CookieDomain) ? "__Secure-" : "__Host-")}credence-visit"
            : "credence-visit",
        About = "The cookie in which a browser shows its token to `/forward-auth`; the sign-in page sets it for who comes from there.",
    };

    public static readonly Setting<string> SignInUrl = new("FORWARD_AUTH_SIGN_IN_URL", Forms.HttpAddress)
    {
        Form = "an http or https address",
        Default = "PUBLIC_BASE_URL and `/account/sign-in`",
        DefaultFrom = values => values.Of(NetworkSettings.PublicBaseUrl) + "/account/sign-in",
        About = "Where `/forward-auth` sends a browser that shows nothing, with the signed way back as `return`.",
    };

    public static readonly SettingGroup Group = new(
        "Forward-auth", [Issuer, TokenSeconds, SkewSeconds, ShortestPassword, HideDuplicates, PublicVerify, LegacyMode, RoutesFile, Cookie, CookieDomain, SignInUrl, JwtSecret]);

    /// <summary>A browser takes a cookie only for a domain that the host lies in which sets it (RFC 6265 5.3).</summary>
    public static IEnumerable<string> Problems(SettingValues values)
    {
        if (values.Of(CookieDomain) is not { } domain || values.Find(NetworkSettings.PublicBaseUrl).Problem is not null) yield break;
        var host = new Uri(values.Of(NetworkSettings.PublicBaseUrl)).Host;
        if (host != domain && !host.EndsWith($".{domain}", StringComparison.Ordinal)) yield return "FORWARD_AUTH_COOKIE_DOMAIN must be a domain that the host of PUBLIC_BASE_URL lies in";
    }

    private static string Routes(string file) => ProtectedRoutes.ProblemOf(file) is { } problem ? throw new FormatException(problem) : file;

    private static string DomainName(string text) =>
        text.Contains('.') && Uri.CheckHostName(text) == UriHostNameType.Dns && text[0] != '.' ? text.ToLowerInvariant() : throw new FormatException("must be a domain name such as example.com");

    private static string CookieName(string text) =>
        text.Length is >= 1 and <= 64 && text.All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_') ? text : throw new FormatException("must be a name of letters, digits, - and _");

    private static string Name(string text) =>
        text.Length is >= 1 and <= 255 && text.All(sign => sign is > ' ' and < '\u007F') && !text.Contains("://", StringComparison.Ordinal)
            ? text
            : throw new FormatException("must have 1 to 255 characters of visible ASCII and be no address");
}
