using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Credence.Keys;

namespace Credence.Configurations;

/// <summary>
/// Encrypts the credentials of providers, in the documented form <c>v1.&lt;key&gt;.&lt;nonce&gt;.&lt;ciphertext&gt;.&lt;tag&gt;</c>: AES-256-GCM under a key that is
/// derived from the application secret, bound to the row by the associated data <c>Configuration:&lt;id&gt;</c> (contract identity A 27, B.8).
/// </summary>
public sealed class CredentialBox
{
    private const string Version = "v1";
    private const string Purpose = "configuration-credential-v1";
    private const int NonceLength = 12;
    private const int TagLength = 16;

    private readonly EnvelopeKey[] _keys;

    /// <summary>A box under the keys of <paramref name="secret"/>.</summary>
    public CredentialBox(ApplicationSecret secret) => _keys = [.. secret.Derive(Purpose).Select(EnvelopeKey.Data)];

    /// <summary>Encrypts.</summary>
    internal string Seal(Id<Configuration> id, string credential)
    {
        var plain = Encoding.UTF8.GetBytes(credential);
        Span<byte> nonce = stackalloc byte[NonceLength];
        Span<byte> tag = stackalloc byte[TagLength];
        RandomNumberGenerator.Fill(nonce);
        var sealedBytes = new byte[plain.Length];
        using var aes = new AesGcm(_keys[0].Bytes, TagLength);
        aes.Encrypt(nonce, plain, sealedBytes, tag, Place(id));
        CryptographicOperations.ZeroMemory(plain);
        return $"{Version}.{_keys[0].Id}.{Base64Url.EncodeToString(nonce)}.{Base64Url.EncodeToString(sealedBytes)}.{Base64Url.EncodeToString(tag)}";
    }

    /// <summary>Decrypts the credential of a configuration.</summary>
    /// <returns>Null when it has none, when the key is not here, or when it was not written for this row.</returns>
    public string? Open(Configuration configuration)
    {
        if (configuration.SealedCredential?.Split('.') is not [Version, var keyId, var nonceText, var sealedText, var tagText]) return null;
        if (Array.Find(_keys, candidate => candidate.Id == keyId) is not { } key) return null;
        if (Bytes(nonceText) is not { Length: NonceLength } nonce || Bytes(sealedText) is not { } sealedBytes || Bytes(tagText) is not { Length: TagLength } tag) return null;
        var plain = new byte[sealedBytes.Length];
        using var aes = new AesGcm(key.Bytes, TagLength);
        try
        {
            aes.Decrypt(nonce, sealedBytes, tag, plain, Place(configuration.Id));
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }

        var credential = Encoding.UTF8.GetString(plain);
        CryptographicOperations.ZeroMemory(plain);
        return credential;
    }

    /// <summary>Whether a credential was encrypted under another key than the one that encrypts now.</summary>
    internal bool IsOutdated(string sealedText) => !sealedText.StartsWith($"{Version}.{_keys[0].Id}.", StringComparison.Ordinal);

    private static byte[]? Bytes(string text) => Base64Url.IsValid(text) ? Base64Url.DecodeFromChars(text) : null;

    private static byte[] Place(Id<Configuration> id) => Encoding.UTF8.GetBytes($"Configuration:{id}");
}
