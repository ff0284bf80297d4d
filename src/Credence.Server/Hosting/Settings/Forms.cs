using System.Globalization;
using System.Net;

namespace Credence.Server.Hosting.Settings;

/// <summary>How the texts of settings are read. A refusal says what would do, and never repeats what was given.</summary>
internal static class Forms
{
    /// <summary>Any text.</summary>
    public static string Text(string text) => text;

    /// <summary>The name of a host, or its address.</summary>
    public static string HostName(string text) =>
        Uri.CheckHostName(text) != UriHostNameType.Unknown ? text : throw new FormatException("must be a host's name or address");

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static bool Flag(string text) => text switch
    {
        "true" => true,
        "false" => false,
        _ => throw new FormatException("must be true or false"),
    };

    /// <summary>A whole number in a range.</summary>
    public static Func<string, int> Number(int least, int most) => text =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new FormatException($"must be a whole number from {least} to {most}");

    /// <summary>A share, from 0 to 1.</summary>
    public static double Share(string text) =>
        double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var share) && share is >= 0 and <= 1
            ? share
            : throw new FormatException("must be a number from 0 to 1");

    /// <summary>A whole number from 1, or <c>unlimited</c>, which is null.</summary>
    public static int? Limit(string text)
    {
        if (text == "unlimited") return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException("must be a whole number from 1, or unlimited");
    }

    /// <summary>A number and one of s, m, h, d, as the wire writes durations (contract grantex 3.4), in a range written alike.</summary>
    public static Func<string, TimeSpan> Duration(string least, string most) => text =>
        Length(text) is { } length && length >= Length(least) && length <= Length(most)
            ? length
            : throw new FormatException($"must be a number followed by s, m, h or d, from {least} to {most}");

    /// <summary>One of some words.</summary>
    public static Func<string, string> OneOf(params string[] words) => text =>
        words.Contains(text, StringComparer.Ordinal) ? text : throw new FormatException($"must be {Either(words)}");

    /// <summary>A list, separated by commas, of some words.</summary>
    public static Func<string, IReadOnlyList<string>> SomeOf(params string[] words) => text =>
    {
        var chosen = Items(text);
        return chosen.Count > 0 && chosen.All(word => words.Contains(word, StringComparer.Ordinal))
            ? chosen
            : throw new FormatException($"must be a list, separated by commas, of: {string.Join(", ", words)}");
    };

    /// <summary>An http or https address; a slash at its end is dropped, so that paths can be appended.</summary>
    public static string HttpAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.Query.Length == 0 && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0
            ? text.TrimEnd('/')
            : throw new FormatException("must be an http:// or https:// address without user, query or fragment");

    /// <summary>Origins, separated by commas: scheme, host and port, and nothing else.</summary>
    public static IReadOnlyList<string> Origins(string text)
    {
        var origins = Items(text);
        var good = origins.All(origin =>
            Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri.GetLeftPart(UriPartial.Authority) == origin);
        return good ? origins : throw new FormatException("must be a list, separated by commas, of origins like https://app.example.com");
    }

    /// <summary>A domain name.</summary>
    public static string Domain(string text) =>
        Uri.CheckHostName(text) == UriHostNameType.Dns ? text : throw new FormatException("must be a domain name");

    /// <summary>An address this machine may listen on.</summary>
    public static IPAddress Address(string text) => text switch
    {
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.TryParse(text, out var address) ? address : throw new FormatException("must be an IP address or localhost"),
    };

    /// <summary>An address and a port.</summary>
    public static IPEndPoint EndPoint(string text)
    {
        var colon = text.LastIndexOf(':');
        return colon > 0 && text.IndexOf(':', StringComparison.Ordinal) is var first && (first == colon || text.StartsWith('[')) && IPEndPoint.TryParse(text.Replace("localhost:", "127.0.0.1:", StringComparison.Ordinal), out var endPoint) && endPoint.Port > 0
            ? endPoint
            : throw new FormatException("must be host:port, the host an IP address or localhost");
    }

    /// <summary>A secret that a caller sends: 16 to 512 characters without white space (contract grantex 1.2).</summary>
    public static string ApiKey(string text) =>
        text.Length is >= 16 and <= 512 && !text.Any(char.IsWhiteSpace)
            ? text
            : throw new FormatException("must be 16 to 512 characters without white space");

    /// <summary>The items of a list that is separated by commas.</summary>
    public static IReadOnlyList<string> Items(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static TimeSpan? Length(string text)
    {
        if (!int.TryParse(text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > 10_000_000) return null;
        return text[^1] switch
        {
            's' => TimeSpan.FromSeconds(count),
            'm' => TimeSpan.FromMinutes(count),
            'h' => TimeSpan.FromHours(count),
            'd' => TimeSpan.FromDays(count),
            _ => null,
        };
    }

    private static string Either(string[] words) => string.Join(", ", words[..^1]) + " or " + words[^1];
}
