using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Keys;

/// <summary>
/// Encrypts what must be kept and read again: private keys, vault entries, webhook secrets. AES-256-GCM; the text says its version and key:
/// <c>v1.&lt;key id&gt;.&lt;base64url of nonce, ciphertext and tag&gt;</c>, and is bound to its purpose and row, so that it opens in no other place.
/// </summary>
public sealed class Envelope
{
    private const string Version = "v1";
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly EnvelopeKey? _current;
    private readonly EnvelopeKey[] _all;

    /// <summary>The first key encrypts; all of them decrypt.</summary>
    internal Envelope(params IEnumerable<EnvelopeKey> keys)
    {
        _all = [.. keys];
        _current = _all.FirstOrDefault();
    }

    /// <summary>Whether there is a key: without one, what needs encryption at rest is "not configured".</summary>
    public bool CanProtect => _current is not null;

    internal IReadOnlyList<EnvelopeKey> Keys => _all;

    /// <summary>Encrypts.</summary>
    /// <param name="purpose">What it is, the same in all rows of a kind: <c>signing_keys.private_key</c>.</param>
    /// <param name="rowId">Which row it belongs to.</param>
    /// <param name="plain">What to encrypt.</param>
    /// <exception cref="InvalidOperationException">There is no key.</exception>
    public string Protect(string purpose, string rowId, ReadOnlySpan<byte> plain)
    {
        if (_current is null) throw new InvalidOperationException("DATA_ENCRYPTION_KEY is not set");
        var box = new byte[NonceLength + plain.Length + TagLength];
        var nonce = box.AsSpan(0, NonceLength);
        RandomNumberGenerator.Fill(nonce);
        using var aes = new AesGcm(_current.Bytes, TagLength);
        aes.Encrypt(nonce, plain, box.AsSpan(NonceLength, plain.Length), box.AsSpan(NonceLength + plain.Length), Place(purpose, rowId));
        return $"{Version}.{_current.Id}.{Base64Url.EncodeToString(box)}";
    }

    /// <summary>Decrypts.</summary>
    /// <returns>Null when the key it was encrypted under is not here, or when it is not what was written in this place.</returns>
    public byte[]? Open(string purpose, string rowId, string text)
    {
        if (text.Split('.') is not [Version, var id, var body] || !Base64Url.IsValid(body)) return null;
        if (Array.Find(_all, candidate => candidate.Id == id) is not { } key) return null;
        var box = Base64Url.DecodeFromChars(body);
        var length = box.Length - NonceLength - TagLength;
        if (length < 0) return null;

        var plain = new byte[length];
        using var aes = new AesGcm(key.Bytes, TagLength);
        try
        {
            aes.Decrypt(box.AsSpan(0, NonceLength), box.AsSpan(NonceLength, length), box.AsSpan(NonceLength + length), plain, Place(purpose, rowId));
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    /// <summary>Whether <paramref name="text"/> was encrypted under a key other than the current one.</summary>
    public bool NeedsReencryption(string text) =>
        _current is not null && !text.StartsWith($"{Version}.{_current.Id}.", StringComparison.Ordinal);

    private static byte[] Place(string purpose, string rowId) => Encoding.UTF8.GetBytes($"{purpose}\0{rowId}");
}

/// <summary>A key of an <see cref="Envelope"/>.</summary>
/// <param name="Id">Which key it is, in the text it encrypts; tells nothing about it.</param>
/// <param name="Bytes">32 bytes.</param>
internal sealed record EnvelopeKey(string Id, byte[] Bytes)
{
    /// <summary>How the id of a key begins that was derived from an RSA signing key.</summary>
    public const string DerivedPrefix = "rsa-";

    public static EnvelopeKey Data(byte[] bytes) => new(Name(bytes), bytes);

    public static EnvelopeKey Derived(RsaPair from)
    {
        var bytes = from.DeriveWrappingKey();
        return new EnvelopeKey(DerivedPrefix + Name(bytes), bytes);
    }

    /// <summary>A record prints its members; this one never does.</summary>
    public override string ToString() => Id;

    /// <summary>Reads 64 hex or 44 base64 characters.</summary>
    public static EnvelopeKey? Parse(string text)
    {
        var trimmed = text.Trim();
        var bytes = new byte[32];
        return trimmed.Length switch
        {
            64 when Convert.FromHexString(trimmed, bytes, out _, out var read) == System.Buffers.OperationStatus.Done && read == 32 => Data(bytes),
            44 when Convert.TryFromBase64String(trimmed, bytes, out var read) && read == 32 => Data(bytes),
            _ => null,
        };
    }

    private static string Name(byte[] bytes) =>
        Convert.ToHexStringLower(HMACSHA256.HashData(bytes, "credence envelope key id"u8).AsSpan(0, 4));
}
