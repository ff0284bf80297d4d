namespace Credence.Server.Pages.Permissions;

/// <summary>The session token in what a person pastes: their whole link, its end, or the token alone.</summary>
internal static class LinkText
{
    private const string Mark = "session=";

    /// <summary>Finds it; what is no token at all is refused where tokens are checked.</summary>
    public static string Token(string pasted)
    {
        var text = pasted.Trim();
        var at = text.IndexOf(Mark, StringComparison.Ordinal);
        if (at < 0) return text;
        var value = text[(at + Mark.Length)..];
        var end = value.IndexOfAny(['&', '#', ' ']);
        return Uri.UnescapeDataString(end < 0 ? value : value[..end]);
    }
}
