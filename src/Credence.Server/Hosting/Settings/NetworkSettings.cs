using System.Net;

namespace Credence.Server.Hosting.Settings;

/// <summary>Where the server listens, and what it is called from outside.</summary>
internal static class NetworkSettings
{
    public static readonly Setting<int> Port = new("PORT", Forms.Number(1, 65535))
    {
        Aliases = ["APP_ENV_PORT"],
        Form = "a port, 1 to 65535",
        Default = "3001",
        About = "The port the server listens on.",
    };

    public static readonly Setting<IPAddress> Host = new("HOST", Forms.Address)
    {
        Aliases = ["APP_ENV_HOST"],
        Form = "an IP address or `localhost`",
        Default = "0.0.0.0",
        About = "The address the server listens on.",
    };

    public static readonly Setting<string> PublicBaseUrl = new("PUBLIC_BASE_URL", Forms.HttpAddress)
    {
        Form = "an http or https address",
        Default = "`http://localhost:<PORT>`",
        DefaultFrom = values => $"http://localhost:{values.Of(Port)}",
        About = "How people and programs reach this server: the base of links it hands out.",
    };

    public static readonly Setting<string> JwtIssuer = new("JWT_ISSUER", Forms.HttpAddress)
    {
        Aliases = ["APP_ENV_JWT_ISSUER"],
        Form = "an http or https address",
        Default = "PUBLIC_BASE_URL",
        DefaultFrom = values => values.Of(PublicBaseUrl),
        About = "The `iss` of every token.",
    };

    public static readonly Setting<string> DidWebDomain = new("DID_WEB_DOMAIN", DomainAndPort)
    {
        Form = "a domain name, with a port where it is not the usual one",
        Default = "the host of PUBLIC_BASE_URL",
        DefaultFrom = values => new Uri(values.Of(PublicBaseUrl)).Authority,
        About = "The domain of `did:web` identifiers.",
    };

    public static readonly Setting<IReadOnlyList<string>> Doors = new("DOORS", Forms.SomeOf("grants", "agents", "people", "forward-auth"))
    {
        Form = "a list, separated by commas, of: grants, agents, people, forward-auth",
        Default = "grants,agents,people,forward-auth",
        About = "Which doors are open. Operations (`/health` and its like) always are.",
    };

    public static readonly Setting<TrustedProxies?> TrustProxy = new("TRUST_PROXY", TrustedProxies.Parse)
    {
        Aliases = ["APP_ENV_TRUSTED_PROXIES"],
        Form = "a number of hops, 1 to 16, or IP addresses and networks, separated by commas",
        About = "Whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed. Unset: nobody's.",
    };

    public static readonly Setting<IReadOnlyList<string>?> CorsOrigin = new("CORS_ORIGIN", Forms.Origins)
    {
        Aliases = ["CORS_ALLOWED_ORIGINS"],
        Form = "origins, separated by commas",
        About = "Other origins whose pages may call this server from a browser. Unset: none.",
    };

    public static readonly Setting<TimeSpan> EventKeepAlive = new("EVENT_STREAM_KEEPALIVE", Forms.Duration("1s", "5m"))
    {
        Form = "a number and s or m; 1s to 5m",
        Default = "30s",
        About = "How often an event stream says that it is alive; shorter than the shortest idle timeout of the proxies before this server.",
    };

    public static readonly SettingGroup Group = new(
        "Network", [Port, Host, PublicBaseUrl, JwtIssuer, DidWebDomain, Doors, TrustProxy, CorsOrigin, EventKeepAlive]);

    private static string DomainAndPort(string text) =>
        Uri.TryCreate("https://" + text, UriKind.Absolute, out var uri) && uri.IdnHost.Length > 0 && uri.PathAndQuery == "/" && uri.UserInfo.Length == 0 && !text.EndsWith('/')
            ? text
            : throw new FormatException("must be a domain name, with a port where it is not the usual one");
}
