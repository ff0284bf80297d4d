namespace Credence.Gateways;

/// <summary>The request that a proxy asks about.</summary>
/// <param name="Method">Its method.</param>
/// <param name="Scheme"><c>https</c> or <c>http</c>.</param>
/// <param name="Host">The host it is for, as its caller named it.</param>
/// <param name="Target">Path and query, as its caller wrote them.</param>
public sealed record AskedRequest(string Method, string Scheme, string Host, string Target)
{
    private const int Longest = 8 * 1024;

    /// <summary>The origin it is for.</summary>
    public string Origin => $"{Scheme}://{NamedHost}";

    /// <summary>The whole address.</summary>
    public string Address => Origin + Target;

    /// <summary>The host in small letters, without the port that goes without saying.</summary>
    public string NamedHost
    {
        get
        {
            var usual = Scheme == "https" ? ":443" : ":80";
            var host = Host.ToLowerInvariant();
            return host.EndsWith(usual, StringComparison.Ordinal) ? host[..^usual.Length] : host;
        }
    }

    /// <summary>The path with nothing escaped in it; null when two programs could read it in two ways, and so one could be let in where another goes.</summary>
    public string? Path => Plain(Target.Split('?', 2)[0]);

    /// <summary>See <see cref="Path"/>.</summary>
    internal static string? Plain(string written)
    {
        if (written.Length is 0 or > Longest || written[0] != '/' || written.Any(sign => sign is <= ' ' or >= '\u007F' or '\\' or '#')) return null;
        var path = Uri.UnescapeDataString(written);
        if (path.Any(sign => char.IsControl(sign) || sign is '\\' or '%' or '#' or '?' or '\uFFFD')) return null;
        if (path.Count(sign => sign == '/') != written.Count(sign => sign == '/')) return null; // a slash was escaped
        var segments = path.Split('/')[1..];
        for (var at = 0; at < segments.Length; at++)
        {
            if (segments[at].Split(';')[0] is "." or "..") return null;
            if (segments[at].Length == 0 && at < segments.Length - 1) return null; // two slashes in a row
        }

        return path;
    }
}
