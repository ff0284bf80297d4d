using System.Buffers.Text;
using System.Security.Cryptography;

namespace Credence.Keys;

/// <summary>The cryptography of one key, behind <see cref="SigningKey"/>; with or without its private part. Safe for many threads at once.</summary>
internal abstract class KeyPair
{
    public abstract PublicJwk Jwk { get; }

    public abstract bool CanSign { get; }

    /// <summary>The length of every signature of this key, in bytes.</summary>
    public abstract int SignatureLength { get; }

    public abstract void Sign(ReadOnlySpan<byte> data, Span<byte> signature);

    public abstract bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature);

    /// <summary>The private part as PKCS#8 DER.</summary>
    public abstract byte[] ExportPkcs8();

    public static KeyPair Generate(KeyAlgorithm algorithm) => algorithm switch
    {
        KeyAlgorithm.RS256 => new RsaPair(RSA.Create(2048), canSign: true),
        KeyAlgorithm.ES256 => new EcPair(ECDsa.Create(ECCurve.NamedCurves.nistP256), canSign: true),
        _ => Ed25519Pair.Generate(),
    };

    public static KeyPair FromPkcs8(KeyAlgorithm algorithm, ReadOnlySpan<byte> der)
    {
        switch (algorithm)
        {
            case KeyAlgorithm.RS256:
                var rsa = RSA.Create();
                rsa.ImportPkcs8PrivateKey(der, out _);
                return new RsaPair(rsa, canSign: true);
            case KeyAlgorithm.ES256:
                var ec = ECDsa.Create();
                ec.ImportPkcs8PrivateKey(der, out _);
                return new EcPair(ec, canSign: true);
            default:
                return Ed25519Pair.FromPkcs8(der);
        }
    }

    public static KeyPair FromJwk(PublicJwk jwk)
    {
        static byte[] Bytes(string? text) => Base64Url.DecodeFromChars(text);

        return jwk.Kty switch
        {
            "RSA" => new RsaPair(RSA.Create(new RSAParameters { Modulus = Bytes(jwk.N), Exponent = Bytes(jwk.E) }), canSign: false),
            "EC" => new EcPair(
                ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = Bytes(jwk.X), Y = Bytes(jwk.Y) } }),
                canSign: false),
            _ => Ed25519Pair.FromPublic(Bytes(jwk.X)),
        };
    }
}
