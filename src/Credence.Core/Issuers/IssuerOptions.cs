using Credence.Outgoing;

namespace Credence.Issuers;

/// <summary>What holds for tokens of other issuers.</summary>
public sealed class IssuerOptions
{
    /// <summary><c>PUBLIC_BASE_URL</c>: what their <c>aud</c> calls this server.</summary>
    public string Audience { get; set; } = "http://localhost:3001";

    /// <summary><c>FEDERATION_ALLOW_INSECURE_URLS</c>, <c>FEDERATION_ALLOW_PRIVATE_HOSTS</c>: where their keys may be.</summary>
    public OutgoingRules Rules { get; set; } = new(AllowHttp: false, AllowPrivate: false);

    /// <summary>What fetching a key set may take (contract agent-idp AE-40).</summary>
    public OutgoingLimits Fetch { get; set; } = new(TimeSpan.FromSeconds(5), 256 * 1024, KeepBody: true);
}
