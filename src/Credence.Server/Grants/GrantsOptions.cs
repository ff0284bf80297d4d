using System.ComponentModel.DataAnnotations;

namespace Credence.Server.Grants;

/// <summary>The grants door: how often consent may be asked for, and what this server calls itself (contract grantex 3.1).</summary>
public sealed class GrantsOptions
{
    /// <summary>Requests for consent a minute of one organization, on any plan.</summary>
    [Range(1, 10_000_000)]
    public int AuthorizePerMinute { get; set; } = 10;

    /// <summary>Where people and programs reach this server (<c>PUBLIC_BASE_URL</c>), without a slash at the end: the start of consent and e-mail links.</summary>
    public string PublicBaseUrl { get; set; } = "http://localhost:3001";

    /// <summary>What operators call <c>/v1/admin</c> with (<c>ADMIN_API_KEY</c>); null when those routes are off.</summary>
    public string? AdminApiKey { get; set; }

    /// <summary>The domain of this server's own <c>did:web</c> (<c>DID_WEB_DOMAIN</c>).</summary>
    public string DidWebDomain { get; set; } = "localhost%3A3001";
}
