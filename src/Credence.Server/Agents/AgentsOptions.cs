using System.ComponentModel.DataAnnotations;

namespace Credence.Server.Agents;

/// <summary>The agents door: how often an agent may call, and what this server calls itself.</summary>
public sealed class AgentsOptions
{
    /// <summary>Calls of one agent in each window (<c>RATE_LIMIT_MAX_REQUESTS</c>).</summary>
    [Range(1, 10_000_000)]
    public int CallsPerWindow { get; set; } = 100;

    /// <summary>How long such a window is, in milliseconds (<c>RATE_LIMIT_WINDOW_MS</c>).</summary>
    [Range(1_000, 3_600_000)]
    public int WindowMs { get; set; } = 60_000;

    /// <summary>Where programs reach this server (<c>PUBLIC_BASE_URL</c>), without a slash at the end.</summary>
    public string PublicBaseUrl { get; set; } = "http://localhost:3001";

    /// <summary>The domain of <c>did:web</c> identifiers, with its port where that is not the usual one (<c>DID_WEB_DOMAIN</c>).</summary>
    public string DidWebDomain { get; set; } = "localhost:3001";

    /// <summary>Whether <c>/analytics</c> answers (<c>ANALYTICS_ENABLED</c>); without, its routes are not there.</summary>
    public bool Analytics { get; set; } = true;

    /// <summary>Whether <c>/compliance</c> answers (<c>COMPLIANCE_ENABLED</c>); without, its routes are not there.</summary>
    public bool Compliance { get; set; } = true;

    /// <summary>Where a browser may be sent back to from the payment provider: this server, and the pages that may call it (<c>CORS_ORIGIN</c>).</summary>
    public IReadOnlySet<string> ReturnOrigins { get; set; } = new HashSet<string>(StringComparer.Ordinal);

    /// <summary>Whether agents may delegate to each other (<c>A2A_ENABLED</c>).</summary>
    public bool HasDelegation { get; set; } = true;

    /// <summary>An agent's DID at this door (contract agent-idp AE-29); a port's colon is escaped (did:web method, 3.1).</summary>
    public string DidOf(Guid agent) => $"did:web:{DidWebDomain.Replace(":", "%3A", StringComparison.Ordinal)}:agents:{agent}";
}
