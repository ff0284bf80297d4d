using System.Net;
using System.Net.Sockets;

namespace Credence.Server.Hosting.Requests;

/// <summary>Who a rate limit counts when nobody has proven who they are.</summary>
internal static class ClientAddress
{
    /// <summary>The address; of IPv6 its /64, because one customer holds that many addresses.</summary>
    public static string Of(IPAddress? address)
    {
        if (address is null) return "unknown";
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address.ToString();

        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return $"{new IPAddress(bytes)}/64";
    }
}
