namespace Credence.Server.Pages.Account;

/// <summary>Where somebody goes on after signing in: a page of this server and no other place, whatever an address says.</summary>
internal static class LocalReturn
{
    private const int Longest = 8 * 1024;
    private static readonly Uri Here = new("https://here.invalid");

    /// <summary>Reads a path with its query; null when it is none, or not one of a page that people are sent from.</summary>
    public static string? Read(string? text)
    {
        if (text is not { Length: > 0 and <= Longest } || text[0] != '/' || text.Any(sign => sign is < '!' or > '~' or '\\')) return null;
        if (!Uri.TryCreate(Here, text, out var address) || address.Authority != Here.Authority) return null;
        var path = address.AbsolutePath;
        return path is "/consent" or AccountPage.Path || path.StartsWith(AccountPage.Path + "/", StringComparison.Ordinal) ? address.PathAndQuery : null;
    }

    /// <summary><paramref name="path"/>, told where to go on from there.</summary>
    public static string With(string path, string? next) => next is null ? path : $"{path}?next={Uri.EscapeDataString(next)}";
}
