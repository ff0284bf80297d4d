namespace Credence.Server.Pages;

/// <summary>Where people reach the pages.</summary>
public sealed class PagesOptions
{
    /// <summary><c>PUBLIC_BASE_URL</c>: the address in a browser's address bar, which a proxy may have rewritten on the way here.</summary>
    public Uri PublicBaseUrl { get; set; } = new("http://localhost:3001");

    /// <summary><c>RATE_LIMIT_SIGN_IN_PER_MINUTE</c>: how often one address may try to sign in, or up.</summary>
    public int SignInPerMinute { get; set; } = 20;
}
