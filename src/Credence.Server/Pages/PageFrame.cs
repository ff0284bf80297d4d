namespace Credence.Server.Pages;

/// <summary>What every page carries besides its content.</summary>
/// <param name="Kind">Which page it is, notices in its place included.</param>
/// <param name="Nonce">Names the one style and the one script that this answer may run.</param>
public sealed record PageFrame(PageKind Kind, string Nonce);

/// <summary>Endpoint metadata: which page this is. What it has of its own travels inside it, so that there is nothing else to fetch.</summary>
/// <param name="Name">What its title begins with.</param>
/// <param name="Style">The style sheet's text.</param>
/// <param name="Script">The script's text.</param>
public sealed record PageKind(string Name, string Style, string Script)
{
    /// <summary>A person decides.</summary>
    public static PageKind Consent { get; } = new("Authorization Request", PageAssets.Read("page.css"), PageAssets.Read("page.js", "passkey.js", "consent.js"));

    /// <summary>A person and their account: how they come in, and everything of theirs.</summary>
    public static PageKind Account { get; } = new(
        "Your account", PageAssets.Read("page.css", "permissions.css", "account.css"), PageAssets.Read("page.js", "passkey.js", "account.js"));

    /// <summary>A person sees what they granted, and takes it back.</summary>
    public static PageKind Permissions { get; } = new(
        "Your agents", PageAssets.Read("page.css", "permissions.css"), PageAssets.Read("page.js", "passkey.js", "permissions.js"));

    /// <summary>In development, messages that nobody is there to send.</summary>
    public static PageKind Outbox { get; } = new("Outbox", PageAssets.Read("page.css"), PageAssets.Read("page.js"));
}
