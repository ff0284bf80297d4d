namespace Credence.Server.Hosting.Settings;

/// <summary>The agents door: its tokens, and who begins the installation (contract agent-idp B.2).</summary>
internal static class AgentSettings
{
    public static readonly Setting<int> TokenSeconds = new("TOKEN_TTL_SECONDS", Forms.Number(60, 86_400))
    {
        Form = "seconds, 60 to 86400",
        Default = "3600",
        About = "How long an access token of the agents door lives.",
    };

    public static readonly Setting<BootstrapClient?> Bootstrap = new("BOOTSTRAP_ADMIN_CLIENT", BootstrapClient.Parse)
    {
        OrFile = true,
        Form = "a UUID, a colon, and a secret of 16 to 512 characters without white space",
        About = "The client id and secret of an administrator that is made at the start, with the organization that runs the installation, if there is none yet.",
        Mask = Masks.Whole,
    };

    public static readonly Setting<bool> Analytics = Switch("ANALYTICS_ENABLED", "Whether `/api/v1/analytics` answers; when not, it is 404. What is counted for limits is counted either way.");

    public static readonly Setting<bool> Compliance = Switch("COMPLIANCE_ENABLED", "Whether `/api/v1/compliance` answers; when not, it is 404.");

    public static readonly SettingGroup Group = new("Agents", [TokenSeconds, Bootstrap, Analytics, Compliance]);

    private static Setting<bool> Switch(string name, string about) => new(name, Forms.Flag)
    {
        Form = "true or false",
        Default = "true",
        About = about,
    };
}

/// <summary>The client that begins an installation.</summary>
/// <param name="Id">Its id: an agent's.</param>
/// <param name="Secret">What it proves itself with.</param>
internal sealed record BootstrapClient(Guid Id, string Secret)
{
    /// <summary>Reads <c>id:secret</c>.</summary>
    public static BootstrapClient Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        return colon > 0 && Guid.TryParseExact(text[..colon], "D", out var id)
            ? new BootstrapClient(id, Forms.ApiKey(text[(colon + 1)..]))
            : throw new FormatException("must be a UUID, a colon, and a secret of 16 to 512 characters without white space");
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Id}:[secret]";
}
