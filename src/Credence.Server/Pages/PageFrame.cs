namespace Credence.Server.Pages;

/// <summary>What every page carries besides its content.</summary>
/// <param name="Nonce">Names the one style and the one script that this answer may run.</param>
/// <param name="Style">The style sheet's text.</param>
/// <param name="Script">The script's text.</param>
public sealed record PageFrame(string Nonce, string Style, string Script);
