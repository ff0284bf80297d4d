using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Credence;

/// <summary>Random secrets (API keys, codes, refresh tokens): 256 bits each, of which the store keeps only a SHA-256 (design D10).</summary>
public static class Secret
{
    /// <summary>A new secret: <paramref name="prefix"/> and 43 base64url characters.</summary>
    public static string New(string prefix) => prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored and looked up: lower-case hex SHA-256 of the whole secret.</summary>
    /// <remarks>An indexed look-up by hash tells nothing about the secret by its time: an attacker cannot choose hashes that share a prefix.</remarks>
    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));
}
