using System.Net;

namespace Credence.Outgoing;

/// <summary>Where what is fetched for others may go. Both are for development (design D11).</summary>
/// <param name="AllowHttp">Whether plain http will do.</param>
/// <param name="AllowPrivate">Whether addresses will do that are not public.</param>
public sealed record OutgoingRules(bool AllowHttp, bool AllowPrivate)
{
    private static readonly string[] PrivateNames = ["localhost", "local", "internal", "home.arpa"];

    /// <summary>Why an address that somebody registers would be refused whatever its host's name means later; null when it would not.</summary>
    /// <remarks>What counts is the check at each connection; this one only says early what is certain.</remarks>
    /// <returns>The end of a sentence that begins with the field's name.</returns>
    public string? Problem(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Host.Length == 0) return "must be an absolute address with a host";
        if (uri.Scheme != Uri.UriSchemeHttps && !(AllowHttp && uri.Scheme == Uri.UriSchemeHttp)) return AllowHttp ? "must be an http or https address" : "must be an https address";
        if (uri.UserInfo.Length > 0) return "must not hold a user or password";
        return AllowPrivate || MayBePublic(uri) ? null : "must name a host on the public internet";
    }

    private static bool MayBePublic(Uri uri)
    {
        var host = uri.IdnHost.TrimEnd('.');
        if (IPAddress.TryParse(host, out var address)) return PublicAddress.Is(address);
        return !Array.Exists(PrivateNames, name => host.Equals(name, StringComparison.OrdinalIgnoreCase) || host.EndsWith("." + name, StringComparison.OrdinalIgnoreCase));
    }
}
