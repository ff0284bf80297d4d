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
        var encoded = text.Trim();
        var isVerifier = encoded.Count(letter => letter == '+') >= 2 && encoded.Split('+', 3) is [_, { Length: 8 }, _];
        if (isVerifier) encoded = encoded.Split('+', 3)[2];
        var bytes = new byte[48];
        if (!Convert.TryFromBase64String(encoded, bytes, out var length)) return null;
        if (isVerifier) return length == 33 && bytes[0] == Ed25519 ? Public(bytes.AsSpan(1, 32)) : null;
        return length == 32 ? Public(bytes.AsSpan(0, 32)) : null;
    }

    internal static SigningKey Public(ReadOnlySpan<byte> key) => SigningKey.FromJwk(PublicJwk.Ed25519(key));
}
