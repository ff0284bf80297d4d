using Microsoft.Extensions.Primitives;

namespace Credence.Server.Doors;

/// <summary>What a caller shows in an <c>Authorization</c> header: an API key or a token (RFC 6750 2.1; contract grantex 1.2).</summary>
internal static class BearerHeader
{
    private const string Scheme = "Bearer";

    /// <summary>The text after the scheme: any case of <c>Bearer</c>, one or more spaces or tabs, and no white space in the key.</summary>
    /// <returns>Null when there is no header, more than one, or it reads otherwise.</returns>
    public static string? Parse(StringValues header)
    {
        if (header is not [{ } text] || !text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)) return null;
        var rest = text.AsSpan(Scheme.Length);
        var key = rest.TrimStart(" \t");
        if (key.Length == rest.Length || key.IsEmpty) return null;
        foreach (var character in key)
        {
            if (char.IsWhiteSpace(character)) return null;
        }

        return key.ToString();
    }

    /// <summary>The same in the one spelling that SCIM has: <c>Bearer</c>, one space, the token (contract grantex 1.3).</summary>
    public static string? Exact(StringValues header) =>
        Parse(header) is { } token && header[0] == $"{Scheme} {token}" ? token : null;
}
