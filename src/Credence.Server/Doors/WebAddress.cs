namespace Credence.Server.Doors;

/// <summary>Addresses a browser may be sent to (contract grantex-core 2).</summary>
internal static class WebAddress
{
    /// <summary>The longest one.</summary>
    public const int Length = 2048;

    /// <summary>Whether it is absolute http or https, with a host and without user info, in a spelling that browsers and this server read alike.</summary>
    public static bool IsSound(string text)
    {
        foreach (var character in text)
        {
            if (character == '\\' || char.IsWhiteSpace(character) || char.IsControl(character)) return false; // browsers repair these, each in its way
        }

        var web = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase);
        return web && Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Host.Length > 0 && address.UserInfo.Length == 0;
    }
}
