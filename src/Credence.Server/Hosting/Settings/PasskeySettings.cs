namespace Credence.Server.Hosting.Settings;

/// <summary>Whom passkeys are for (contract grantex 8).</summary>
internal static class PasskeySettings
{
    public static readonly Setting<string> RelyingPartyId = new("FIDO_RP_ID", Host)
    {
        Form = "a domain name",
        Default = "the host of PUBLIC_BASE_URL",
        DefaultFrom = values => new Uri(values.Of(NetworkSettings.PublicBaseUrl)).IdnHost,
        About = "The domain that passkeys are bound to. Changing it makes every passkey useless.",
    };

    public static readonly Setting<string?> RelyingPartyName = new("FIDO_RP_NAME", Name)
    {
        Form = "1 to 100 characters",
        About = "How a passkey prompt names organizations that have not chosen a name of their own. Unset: by the organization's name.",
    };

    public static readonly Setting<IReadOnlyList<string>> Origins = new("FIDO_ORIGIN", Forms.Origins)
    {
        Form = "origins, separated by commas",
        Default = "the origin of PUBLIC_BASE_URL",
        DefaultFrom = values => OriginOf(new Uri(values.Of(NetworkSettings.PublicBaseUrl))),
        About = "The origins whose pages may use passkeys. Each must be FIDO_RP_ID or a name below it.",
    };

    public static readonly SettingGroup Group = new("Passkeys", [RelyingPartyId, RelyingPartyName, Origins]);

    /// <summary>Why the two do not go together, as far as somebody chose them; a browser would refuse every passkey.</summary>
    public static IEnumerable<string> Problems(SettingValues values)
    {
        if (!values.IsSet(RelyingPartyId) && !values.IsSet(Origins)) yield break;
        if (values.Of(RelyingPartyId) is not { } id || values.Of(Origins) is not { } origins) yield break; // said of each by itself
        foreach (var origin in origins)
        {
            var host = new Uri(origin).IdnHost;
            if (host != id && !host.EndsWith("." + id, StringComparison.Ordinal)) yield return "FIDO_ORIGIN must name origins on FIDO_RP_ID or below it";
        }
    }

    /// <summary>As a browser writes it.</summary>
    private static string OriginOf(Uri address)
    {
        var host = address.HostNameType == UriHostNameType.Dns ? address.IdnHost : address.Host;
        return address.IsDefaultPort ? $"{address.Scheme}://{host}" : $"{address.Scheme}://{host}:{address.Port}";
    }

    /// <summary>An IP address can be read, because PUBLIC_BASE_URL may have one, though browsers know no passkeys there.</summary>
    private static string Host(string text) =>
        Uri.CheckHostName(text) != UriHostNameType.Unknown ? text.ToLowerInvariant() : throw new FormatException("must be a domain name");

    private static string Name(string text) => text.Length is > 0 and <= 100 ? text : throw new FormatException("must have 1 to 100 characters");
}
