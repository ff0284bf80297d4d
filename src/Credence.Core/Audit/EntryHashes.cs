using System.Security.Cryptography;
using System.Text;

namespace Credence.Audit;

/// <summary>What an entry's body is known by.</summary>
/// <param name="Hash">Its hash in the chain: lower-case hex SHA-256 of the body's UTF-8 bytes.</param>
/// <param name="Leaf">Its hash in the tree: SHA-256 of a zero byte and the body (RFC 6962 2.1).</param>
public readonly record struct EntryHashes(string Hash, byte[] Leaf)
{
    /// <summary>Both hashes of <paramref name="body"/>.</summary>
    public static EntryHashes Of(string body)
    {
        var bytes = new byte[1 + Encoding.UTF8.GetByteCount(body)];
        Encoding.UTF8.GetBytes(body, bytes.AsSpan(1));
        return new EntryHashes(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(1))), SHA256.HashData(bytes));
    }
}
