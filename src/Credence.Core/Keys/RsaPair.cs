using System.Security.Cryptography;

namespace Credence.Keys;

/// <summary>RS256. The platform's RSA keeps no state between calls, so one instance serves all threads; a stress test holds it to that.</summary>
internal sealed class RsaPair(RSA rsa, bool canSign) : KeyPair
{
    public override PublicJwk Jwk { get; } = PublicJwk.Rsa(rsa.ExportParameters(includePrivateParameters: false));

    public override bool CanSign => canSign;

    public override int SignatureLength { get; } = rsa.KeySize / 8;

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        if (!rsa.TrySignData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1, out var length) || length != SignatureLength)
        {
            throw new CryptographicException("the RSA key gave a signature of another length");
        }
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        rsa.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);

    public override byte[] ExportPkcs8() => rsa.ExportPkcs8PrivateKey();

    /// <summary>A key to encrypt other keys under, which only the holder of this private key can make again.</summary>
    public byte[] DeriveWrappingKey()
    {
        var key = rsa.ExportParameters(includePrivateParameters: true);
        try
        {
            return HKDF.DeriveKey(HashAlgorithmName.SHA256, key.D!, 32, salt: key.Modulus, info: "credence signing keys at rest, 1"u8.ToArray());
        }
        finally
        {
            foreach (var part in new[] { key.D, key.P, key.Q, key.DP, key.DQ, key.InverseQ }) CryptographicOperations.ZeroMemory(part);
        }
    }
}
