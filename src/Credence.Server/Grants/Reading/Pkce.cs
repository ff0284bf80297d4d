using System.Buffers;
using Credence.Server.Doors;

namespace Credence.Server.Grants.Reading;

/// <summary>The two ends of PKCE (RFC 7636), with S256 as the only method.</summary>
internal static class Pkce
{
    private const int ChallengeLength = 43;
    private const string Base64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    private static readonly SearchValues<char> InChallenge = SearchValues.Create(Base64Url);
    private static readonly SearchValues<char> InVerifier = SearchValues.Create(Base64Url + ".~");

    /// <summary>Reads <c>codeChallenge</c>: 43 characters of base64url, and only together with <c>codeChallengeMethod</c> (RFC 7636 4.2, 4.3).</summary>
    public static string? Challenge(Fields body)
    {
        var challenge = body.TextOrNull("codeChallenge", 128);
        var method = body.TextOrNull("codeChallengeMethod", 16);
        if (challenge is null && method is null) return null;

        var sound = challenge is { Length: ChallengeLength } && !challenge.AsSpan().ContainsAnyExcept(InChallenge);
        if (!sound || method is not "S256") body.Refuse("codeChallenge", "must be 43 base64url characters, with codeChallengeMethod S256");
        return challenge;
    }

    /// <summary>Reads <c>codeVerifier</c>: 43 to 128 unreserved characters (RFC 7636 4.1), or null when absent.</summary>
    public static string? Verifier(Fields body)
    {
        var verifier = body.TextOrNull("codeVerifier", 128, min: 43);
        if (verifier is not null && verifier.AsSpan().ContainsAnyExcept(InVerifier)) body.Refuse("codeVerifier", "may only have A-Z a-z 0-9 - . _ ~");
        return verifier;
    }
}
