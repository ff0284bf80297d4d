using System.ComponentModel.DataAnnotations;
using Credence.Outgoing;

namespace Credence.Sso;

/// <summary>How identity providers are spoken to (contract grantex 8).</summary>
public sealed class SsoOptions
{
    /// <summary><c>SSO_ALLOW_INSECURE_URLS</c>: whether a provider may be at a plain http address. For development (design D11).</summary>
    public bool AllowInsecureUrls { get; set; }

    /// <summary><c>SSO_ALLOW_PRIVATE_HOSTS</c>: whether a provider may be at an address that is not public. For development (design D11).</summary>
    public bool AllowPrivateHosts { get; set; }

    /// <summary><c>SSO_STATE_SECRET</c>: what the state of a login is signed with; null to derive it from the key that secrets are encrypted under.</summary>
    public string? StateSecret { get; set; }

    /// <summary><c>SSO_PROVIDER_TIMEOUT</c>: how long one answer of a provider may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:00:30")]
    public TimeSpan ProviderTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>Where providers may be.</summary>
    internal OutgoingRules Rules => new(AllowInsecureUrls, AllowPrivateHosts);

    /// <summary>What one answer may take; no provider's is larger.</summary>
    internal OutgoingLimits Limits => new(ProviderTimeout, 256 * 1024, KeepBody: true);

    /// <summary>How long somebody is signed on (contract grantex-enterprise 4.1).</summary>
    internal static readonly TimeSpan SessionLife = TimeSpan.FromHours(8);

    /// <summary>How far a provider's clock may be from ours.</summary>
    internal static readonly TimeSpan Slack = TimeSpan.FromSeconds(60);

    /// <summary>How long a person may take at the provider.</summary>
    internal static readonly TimeSpan LoginLife = TimeSpan.FromMinutes(10);
}
