using System.Net;
using System.Net.Sockets;
using Credence.Agents;

namespace Credence.Consent;

/// <summary>Where a browser may be sent after a decision. The address is a sound one: the door has looked at its form.</summary>
internal static class RedirectRule
{
    /// <summary>Checks <paramref name="uri"/> against the agent's own list, which is compared letter by letter, and for whether everybody may be sent there.</summary>
    /// <returns>The refusal, or null.</returns>
    public static Failure? Check(string uri, Agent agent, ConsentOptions options)
    {
        if (agent.RedirectUris.Count > 0 && !agent.RedirectUris.Contains(uri, StringComparer.Ordinal)) return ConsentFailures.RedirectNotAllowed;
        var parsed = new Uri(uri);
        return options.AllowPrivateRedirects || (parsed.Scheme == "https" && IsPublic(parsed)) ? null : ConsentFailures.RedirectNotPublic;
    }

    private static bool IsPublic(Uri uri)
    {
        if (!IPAddress.TryParse(uri.Host.Trim('[', ']'), out var address))
        {
            return !uri.IsLoopback && !uri.Host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
        }

        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (IPAddress.IsLoopback(address) || address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any)) return false;
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return !address.IsIPv6LinkLocal && !address.IsIPv6UniqueLocal && !address.IsIPv6SiteLocal && !address.IsIPv6Multicast;
        }

        var bytes = address.GetAddressBytes();
        return bytes[0] switch
        {
            0 or 10 or 127 => false,
            100 => bytes[1] is < 64 or > 127, // RFC 6598
            169 => bytes[1] != 254,
            172 => bytes[1] is < 16 or > 31,
            192 => bytes[1] != 168,
            _ => bytes[0] < 224,
        };
    }
}
