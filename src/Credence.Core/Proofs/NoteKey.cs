using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Credence.Keys;

namespace Credence.Proofs;

/// <summary>An Ed25519 key under the name it signs notes as (C2SP signed-note): for a checkpoint, the log's origin.</summary>
public sealed class NoteKey
{
    private const byte Ed25519 = 0x01;

    /// <summary>Gives a key a name.</summary>
    public NoteKey(string name, SigningKey key)
    {
        (Name, Key) = (name, key);
        Id = SHA256.HashData([.. Encoding.UTF8.GetBytes(name), (byte)'\n', Ed25519, .. PublicBytes(key)])[..4];
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The key.</summary>
    public SigningKey Key { get; }

    /// <summary>Four bytes in front of each signature, to find the key by.</summary>
    public byte[] Id { get; }

    /// <summary>The verifier key in the form that tools for transparency logs take: <c>name+id+key</c>.</summary>
    public string Verifier => $"{Name}+{Convert.ToHexStringLower(Id)}+{Convert.ToBase64String([Ed25519, .. PublicBytes(Key)])}";

    /// <summary>The 32 bytes of the public key.</summary>
    public static byte[] PublicBytes(SigningKey key) => Base64Url.DecodeFromChars(key.Jwk.X);

    /// <summary>Reads a public key: 32 bytes in base64, or a verifier key <c>name+id+key</c>. Null when it is neither.</summary>
    public static SigningKey? ParsePublic(string text)
    {
        var trimmed = text.Trim();
        if (Decode(trimmed) is { Length: 32 } raw) return Public(raw); // first, because base64 has a plus too
        return trimmed.Split('+', 3) is [_, { Length: 8 }, var encoded] && Decode(encoded) is { Length: 33 } key && key[0] == Ed25519 ? Public(key.AsSpan(1)) : null;
    }

    internal static SigningKey Public(ReadOnlySpan<byte> key) => SigningKey.FromJwk(PublicJwk.Ed25519(key));

    private static byte[]? Decode(string base64)
    {
        var bytes = new byte[48];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? bytes[..length] : null;
    }
}
