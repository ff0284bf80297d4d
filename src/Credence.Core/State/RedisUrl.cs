using System.Globalization;
using System.Net;
using StackExchange.Redis;

namespace Credence.State;

/// <summary>
/// Where Redis is, read from <c>REDIS_URL</c> (contract operations O7, O24), in one of these forms:
/// <c>redis://[:password@]host[:port][/database]</c>;
/// <c>redis+sentinel://[:password@]host[:port],…/service[/database]</c>, where the password is the master's;
/// <c>redis+cluster://[:password@]host[:port],…</c>; each with <c>rediss</c> for TLS; or StackExchange.Redis text, <c>host:port,option=value,…</c>.
/// </summary>
public sealed class RedisUrl
{
    private const int DefaultPort = 6379;
    private const int DefaultSentinelPort = 26379;

    private RedisUrl(ConfigurationOptions options, string? service)
    {
        Options = options;
        Service = service;
    }

    /// <summary>What the client is to connect to: Redis itself, or the Sentinels when there is a <see cref="Service"/>.</summary>
    internal ConfigurationOptions Options { get; }

    /// <summary>The name under which the Sentinels know the master; null without Sentinels.</summary>
    internal string? Service { get; }

    /// <summary>Whether a password is given.</summary>
    public bool HasPassword => !string.IsNullOrEmpty(Options.Password);

    /// <summary>Whether it is on this machine, all of it.</summary>
    public bool IsLocal => Options.EndPoints.All(point => point is IPEndPoint at ? IPAddress.IsLoopback(at.Address) : point is DnsEndPoint { Host: "localhost" });

    /// <summary>Reads the setting.</summary>
    /// <exception cref="FormatException">It is none of the forms. The message never repeats it, since it may hold a password.</exception>
    public static RedisUrl Parse(string text)
    {
        var end = text.IndexOf("://", StringComparison.Ordinal);
        if (end < 0) return new RedisUrl(ClientText(text), null);

        var scheme = text[..end].Split('+', 2);
        if (scheme[0] is not ("redis" or "rediss")) throw Malformed("its scheme must be redis or rediss, with +sentinel or +cluster where needed");
        var options = new ConfigurationOptions { Ssl = scheme[0] == "rediss" };

        var rest = text[(end + 3)..];
        if (rest.IndexOfAny(['?', '#']) >= 0) throw Malformed("'?' and '#' have no meaning in it; write them as %3F and %23 in a password");
        var path = rest.Split('/');
        var at = path[0].LastIndexOf('@');
        if (at >= 0) options.Password = Password(path[0][..at]);

        var hosts = path[0][(at + 1)..].Split(',');
        switch (scheme.ElementAtOrDefault(1))
        {
            case null when hosts.Length == 1 && path.Length <= 2:
                options.DefaultDatabase = Database(path.ElementAtOrDefault(1));
                return new RedisUrl(WithHosts(options, hosts, DefaultPort), null);
            case null:
                throw Malformed("redis:// takes one host and at most a database number; several hosts are redis+sentinel:// or redis+cluster://");
            case "cluster" when path.Length == 1 || (path.Length == 2 && path[1].Length == 0):
                return new RedisUrl(WithHosts(options, hosts, DefaultPort), null);
            case "cluster":
                throw Malformed("a cluster has no databases, so nothing may follow its hosts");
            case "sentinel" when path.Length is 2 or 3 && path[1].Length > 0:
                options.DefaultDatabase = Database(path.ElementAtOrDefault(2));
                return new RedisUrl(WithHosts(options, hosts, DefaultSentinelPort), Uri.UnescapeDataString(path[1]));
            case "sentinel":
                throw Malformed("redis+sentinel:// needs the service's name after its hosts, and after that at most a database number");
            default:
                throw Malformed("its scheme must be redis or rediss, with +sentinel or +cluster where needed");
        }
    }

    /// <summary>Says nothing: there may be a password in it.</summary>
    public override string ToString() => "[redis]";

    private static ConfigurationOptions ClientText(string text)
    {
        ConfigurationOptions options;
        try
        {
            options = ConfigurationOptions.Parse(text);
        }
        catch (Exception error) when (error is ArgumentException or FormatException or OverflowException)
        {
            throw Malformed("neither a redis:// address nor host:port,option=value text"); // the client's own message would repeat the text
        }

        return options.EndPoints.Count > 0 ? options : throw Malformed("it names no host");
    }

    private static string? Password(string userInfo)
    {
        var colon = userInfo.IndexOf(':', StringComparison.Ordinal);
        if (colon < 0) throw Malformed("what stands before '@' must be :password or default:password");
        if (userInfo[..colon] is not ("" or "default")) throw Malformed("the client logs in with a password alone, so the user must be left out or be 'default'");
        return Uri.UnescapeDataString(userInfo[(colon + 1)..]);
    }

    private static int? Database(string? text)
    {
        if (string.IsNullOrEmpty(text)) return null;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : throw Malformed("its database must be a number");
    }

    private static ConfigurationOptions WithHosts(ConfigurationOptions options, string[] hosts, int defaultPort)
    {
        foreach (var host in hosts) options.EndPoints.Add(Host(host, defaultPort));
        return options;
    }

    private static EndPoint Host(string text, int defaultPort)
    {
        var colon = text.LastIndexOf(':');
        if (colon < text.LastIndexOf(']')) colon = -1; // [::1] without a port
        var name = colon < 0 ? text : text[..colon];
        var port = defaultPort;
        if (colon >= 0 && (!int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) || port is < 1 or > 65535))
        {
            throw Malformed("a port must be a number from 1 to 65535");
        }

        if (Uri.CheckHostName(name) == UriHostNameType.Unknown) throw Malformed("a host is missing or is no host name");
        return IPAddress.TryParse(name, out var address) ? new IPEndPoint(address, port) : new DnsEndPoint(name, port);
    }

    private static FormatException Malformed(string why) => new(why);
}
