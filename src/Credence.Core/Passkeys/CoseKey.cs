using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Credence.Keys;

namespace Credence.Passkeys;

/// <summary>A public key as authenticators write it (RFC 9052 section 7, RFC 9053), of one of the three algorithms that are offered.</summary>
internal sealed class CoseKey : IDisposable
{
    /// <summary>The algorithms, best first, by their COSE numbers (contract grantex-enterprise 10).</summary>
    public static readonly IReadOnlyList<long> Offered = [EdDsa, Es256, Rs256];

    private const long EdDsa = -8;
    private const long Es256 = -7;
    private const long Rs256 = -257;
    private const int SmallestRsa = 2048 / 8;
    private const int LargestRsa = 8192 / 8; // verifying with a larger one costs this server more than it proves

    private readonly Func<ReadOnlySpan<byte>, ReadOnlySpan<byte>, bool> _verify;
    private readonly IDisposable? _key;

    private CoseKey(Ed25519Pair key) => (Algorithm, _verify) = (EdDsa, key.Verify);

    /// <summary>WebAuthn 6.5.5: ECDSA signatures are the DER form, unlike those of JWS.</summary>
    private CoseKey(ECDsa key)
    {
        (Algorithm, _key) = (Es256, key);
        _verify = (data, signature) => key.VerifyData(data, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private CoseKey(RSA key)
    {
        (Algorithm, _key) = (Rs256, key);
        _verify = (data, signature) => key.VerifyData(data, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
    }

    /// <summary>Its algorithm's COSE number.</summary>
    public long Algorithm { get; }

    /// <summary>Reads a key.</summary>
    /// <exception cref="FormatException">It is none, or of another algorithm.</exception>
    public static CoseKey Read(ReadOnlyMemory<byte> bytes) => Read(Cbor.Read(bytes));

    /// <inheritdoc cref="Read(ReadOnlyMemory{byte})"/>
    public static CoseKey Read(object? value)
    {
        if (value is not Dictionary<object, object?> key) throw new FormatException("a key is a map");
        try
        {
            return (Number(key, 1), Number(key, 3)) switch
            {
                (1, EdDsa) when Number(key, -1) == 6 => OfEd25519(Bytes(key, -2)),
                (2, Es256) when Number(key, -1) == 1 => OfP256(Bytes(key, -2), Bytes(key, -3)),
                (3, Rs256) => OfRsa(Bytes(key, -1), Bytes(key, -2)),
                _ => throw new FormatException("an algorithm that was not offered"),
            };
        }
        catch (CryptographicException error)
        {
            throw new FormatException("not a key of its kind", error); // a point that is not on the curve, and the like
        }
    }

    /// <summary>The public key of an attestation certificate, for the algorithm that its signature names.</summary>
    /// <returns>Null when the two do not go together.</returns>
    public static CoseKey? Of(X509Certificate2 certificate, long algorithm)
    {
        if (algorithm == Es256) return certificate.GetECDsaPublicKey() is { } ec ? new CoseKey(ec) : null;
        return algorithm == Rs256 && certificate.GetRSAPublicKey() is { KeySize: >= SmallestRsa * 8 and <= LargestRsa * 8 } rsa ? new CoseKey(rsa) : null;
    }

    /// <summary>Whether <paramref name="signature"/> over <paramref name="data"/> is this key's.</summary>
    public bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => _verify(data, signature);

    /// <inheritdoc/>
    public void Dispose() => _key?.Dispose();

    private static CoseKey OfEd25519(byte[] x)
    {
        if (x.Length != 32) throw new FormatException("an Ed25519 key has 32 bytes");
        return new(Ed25519Pair.FromPublic(x));
    }

    private static CoseKey OfP256(byte[] x, byte[] y)
    {
        if (x.Length != 32 || y.Length != 32) throw new FormatException("a P-256 coordinate has 32 bytes");
        return new(ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = new ECPoint { X = x, Y = y } }));
    }

    private static CoseKey OfRsa(byte[] modulus, byte[] exponent)
    {
        if (modulus.Length is < SmallestRsa or > LargestRsa || exponent.Length is 0 or > 4) throw new FormatException("an RSA key that is too short or too long");
        return new(RSA.Create(new RSAParameters { Modulus = modulus, Exponent = exponent }));
    }

    private static long Number(Dictionary<object, object?> key, long label) =>
        key.GetValueOrDefault(label) is long number ? number : throw new FormatException($"a key without the number {label}");

    private static byte[] Bytes(Dictionary<object, object?> key, long label) =>
        key.GetValueOrDefault(label) is ReadOnlyMemory<byte> bytes ? bytes.ToArray() : throw new FormatException($"a key without the bytes {label}");
}
