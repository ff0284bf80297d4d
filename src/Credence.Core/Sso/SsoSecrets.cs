using System.Security.Cryptography;
using System.Text;
using Credence.Keys;

namespace Credence.Sso;

/// <summary>Encrypts what this server authenticates to providers with, and opens it to do so. Nothing is ever shown of it.</summary>
public sealed class SsoSecrets(Envelope envelope)
{
    /// <summary>The secrets of connections.</summary>
    internal const string OfConnection = "sso_connections.secret";

    /// <summary>The secrets of the older configurations.</summary>
    internal const string OfConfig = "sso_configs.client_secret";

    internal string Seal(string purpose, string row, string secret) => envelope.Protect(purpose, row, Encoding.UTF8.GetBytes(secret));

    /// <summary>The secret; null when the key that opens it is not here.</summary>
    internal string? Open(string purpose, string row, string sealedText)
    {
        if (envelope.Open(purpose, row, sealedText) is not { } bytes) return null;
        var secret = Encoding.UTF8.GetString(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return secret;
    }

    /// <summary>The same secret under the current key; null when it is under it already, or cannot be opened.</summary>
    internal string? Renew(string purpose, string row, string sealedText) =>
        envelope.NeedsReencryption(sealedText) && Open(purpose, row, sealedText) is { } secret ? Seal(purpose, row, secret) : null;
}
