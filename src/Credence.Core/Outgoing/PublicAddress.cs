using System.Net;
using System.Net.Sockets;

namespace Credence.Outgoing;

/// <summary>
/// Which addresses belong to the public internet (IANA special-purpose address registries, RFC 6890 and its successors). What this server fetches
/// for others may go nowhere else (design D11): not to itself, its neighbours, or a cloud's metadata service.
/// </summary>
public static class PublicAddress
{
    private static readonly IPNetwork[] Special4 =
    [
        .. Networks(
            "0.0.0.0/8", // this network
            "10.0.0.0/8", // private
            "100.64.0.0/10", // carrier-grade NAT; Alibaba's metadata service is in it
            "127.0.0.0/8", // loopback
            "168.63.129.16/32", // Azure's platform service, a public address that is private to each machine
            "169.254.0.0/16", // link-local; most clouds' metadata services are in it
            "172.16.0.0/12", // private
            "192.0.0.0/24", // protocol assignments; Oracle's metadata service is in it
            "192.0.2.0/24", // documentation
            "192.88.99.0/24", // 6to4 relays, withdrawn
            "192.168.0.0/16", // private
            "198.18.0.0/15", // benchmarks
            "198.51.100.0/24", // documentation
            "203.0.113.0/24", // documentation
            "224.0.0.0/4", // multicast
            "240.0.0.0/4"), // reserved, and broadcast
    ];

    /// <summary>Only global unicast is public at all: loopback, unique local, link-local, site-local, multicast, discard and ::/8 lie outside it.</summary>
    private static readonly IPNetwork GlobalUnicast = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] Special6 =
    [
        .. Networks(
            "2001::/23", // protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32", // documentation
            "2002::/16", // 6to4: an IPv4 address inside, and relays that are withdrawn
            "3fff::/20"), // documentation
    ];

    /// <summary>The prefix under which a network translates to IPv4 for hosts that have IPv6 alone (RFC 6052).</summary>
    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether <paramref name="address"/> is public. An IPv4 address inside an IPv6 one is judged as what it is.</summary>
    public static bool Is(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) return Is(address.MapToIPv4());
        if (address.AddressFamily == AddressFamily.InterNetwork) return !IsIn(Special4, address);
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return false;
        if (Nat64.Contains(address)) return Is(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        return GlobalUnicast.Contains(address) && !IsIn(Special6, address);
    }

    private static bool IsIn(IPNetwork[] networks, IPAddress address) => Array.Exists(networks, network => network.Contains(address));

    private static IEnumerable<IPNetwork> Networks(params string[] texts) => texts.Select(text => IPNetwork.Parse(text));
}
