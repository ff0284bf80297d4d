using Credence.Server.Doors;

namespace Credence.Server.ForwardAuth;

/// <summary>What a caller shows: one token, nothing, something else, or too much.</summary>
/// <param name="Token">The token, or null.</param>
/// <param name="IsMalformed">Whether there is something that is no token.</param>
/// <param name="IsCookie">Whether it came in the cookie, which a browser sends on its own.</param>
/// <param name="IsSeveral">Whether there is more than one thing, of which the service behind might believe another than this server.</param>
internal sealed record Shown(string? Token, bool IsMalformed, bool IsCookie, bool IsSeveral)
{
    /// <summary>Reads it.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cookie">The cookie that may hold a token.</param>
    public static Shown Read(HttpRequest request, string cookie)
    {
        var header = request.Headers.Authorization;
        var cookies = Cookies(request, cookie);
        if (header.Count + cookies.Count > 1) return new Shown(null, IsMalformed: false, IsCookie: false, IsSeveral: true);
        if (header.Count + cookies.Count == 0) return new Shown(null, IsMalformed: false, IsCookie: false, IsSeveral: false);
        var token = header.Count == 1 ? BearerHeader.Parse(header) : cookies[0];
        return new Shown(token, IsMalformed: string.IsNullOrEmpty(token), IsCookie: cookies.Count == 1, IsSeveral: false);
    }

    /// <inheritdoc/>
    public override string ToString() => "[secret]";

    /// <summary>The cookies of that name as they were sent: the framework's list would show the last alone.</summary>
    private static List<string> Cookies(HttpRequest request, string name) =>
    [
        .. request.Headers.Cookie
            .SelectMany(line => (line ?? "").Split(';'))
            .Select(pair => pair.Trim().Split('=', 2))
            .Where(pair => pair[0] == name)
            .Select(pair => pair.Length == 2 ? pair[1] : ""),
    ];
}
