using System.Security.Cryptography;
using System.Text;

namespace Credence.Keys;

/// <summary>
/// What keys for single purposes are derived from: <c>APP_ENV_APPLICATION_SECRET</c>, or, where that is unset, the key that secrets in the database are
/// encrypted under (contract identity B.2, B.8).
/// </summary>
public sealed class ApplicationSecret
{
    private const int KeyLength = 32;

    private readonly byte[][] _materials;

    internal ApplicationSecret(KeyOptions options)
    {
        byte[][] given = options.ApplicationSecret is { } text ? [Encoding.UTF8.GetBytes(text)] : [];
        byte[][] former = options.ApplicationSecretPrevious is { } before ? [Encoding.UTF8.GetBytes(before)] : [];
        _materials = [.. given, .. KeySources.Read(options).Wrap.Keys.Select(key => key.Bytes), .. former];
    }

    /// <summary>The keys for one purpose, 32 bytes each (HKDF-SHA-256, RFC 5869): the first one is used for what is new, all of them for what is there.</summary>
    /// <param name="purpose">What for: <c>configuration-credential-v1</c>.</param>
    public IReadOnlyList<byte[]> Derive(string purpose) =>
        Array.ConvertAll(_materials, material => HKDF.DeriveKey(HashAlgorithmName.SHA256, material, KeyLength, salt: null, Encoding.UTF8.GetBytes(purpose)));
}
