namespace Credence.Server.OAuth;

/// <summary>What this server calls itself, and which doors it tells of.</summary>
internal sealed record OAuthOptions
{
    /// <summary>The <c>iss</c> of every token (<c>JWT_ISSUER</c>).</summary>
    public required string Issuer { get; init; }

    /// <summary>Where programs reach this server (<c>PUBLIC_BASE_URL</c>), without a slash at the end.</summary>
    public required string PublicBaseUrl { get; init; }

    /// <summary>The domain of <c>did:web</c> identifiers (<c>DID_WEB_DOMAIN</c>).</summary>
    public required string DidWebDomain { get; init; }

    /// <summary>Whether the grants door is open.</summary>
    public required bool HasGrants { get; init; }

    /// <summary>Whether the agents door is open.</summary>
    public required bool HasAgents { get; init; }

    /// <summary>Whether its agents may act for each other (<c>A2A_ENABLED</c>).</summary>
    public required bool HasDelegation { get; init; }
}
