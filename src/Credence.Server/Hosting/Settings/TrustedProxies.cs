using System.Globalization;
using System.Net;

namespace Credence.Server.Hosting.Settings;

/// <summary>Whose word about the caller's address is taken (contract grantex 8, <c>TRUST_PROXY</c>): a number of hops, or proxies by address.</summary>
/// <param name="Hops">How many proxies stand before this server; null when they are named.</param>
/// <param name="Networks">The proxies' addresses.</param>
internal sealed record TrustedProxies(int? Hops, IReadOnlyList<IPNetwork> Networks)
{
    /// <summary>Reads the setting.</summary>
    public static TrustedProxies Parse(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var hops) && hops is >= 1 and <= 16) return new TrustedProxies(hops, []);
        var networks = new List<IPNetwork>();
        foreach (var item in Forms.Items(text))
        {
            if (int.TryParse(item, NumberStyles.None, CultureInfo.InvariantCulture, out _)) throw Malformed(); // 17 is an IPv4 address to IPAddress
            if (IPAddress.TryParse(item, out var address)) networks.Add(new IPNetwork(address, address.GetAddressBytes().Length * 8));
            else if (IPNetwork.TryParse(item, out var network)) networks.Add(network);
            else throw Malformed();
        }

        return networks.Count > 0 ? new TrustedProxies(null, networks) : throw Malformed();
    }

    /// <summary>Whether it is one of them. With hops, whoever connects is one: that is what the operator says.</summary>
    public bool Include(IPAddress? address)
    {
        if (address is null) return false;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        return Hops is not null || Networks.Any(network => network.Contains(address));
    }

    private static FormatException Malformed() => new("must be a number of hops from 1 to 16, or a list, separated by commas, of IP addresses and networks like 10.0.0.0/8");
}
