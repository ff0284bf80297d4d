using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Credence.Keys;

/// <summary>EdDSA with Ed25519 (RFC 8032), by libsodium. Keys in files are PKCS#8 and SubjectPublicKeyInfo (RFC 8410).</summary>
internal sealed class Ed25519Pair : KeyPair
{
    public const string Oid = "1.3.101.112";

    private const int SeedLength = 32;
    private const int PublicLength = 32;

    private readonly byte[] _public;
    private readonly byte[]? _secret; // libsodium's form: seed, then public key

    private Ed25519Pair(byte[] publicKey, byte[]? secret)
    {
        _public = publicKey;
        _secret = secret;
        Jwk = PublicJwk.Ed25519(publicKey);
    }

    public override PublicJwk Jwk { get; }

    public override bool CanSign => _secret is not null;

    public override int SignatureLength => 64;

    public static Ed25519Pair Generate()
    {
        var seed = RandomNumberGenerator.GetBytes(SeedLength);
        try
        {
            return FromSeed(seed);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    public static Ed25519Pair FromPublic(ReadOnlySpan<byte> key) =>
        key.Length == PublicLength ? new Ed25519Pair(key.ToArray(), null) : throw new CryptographicException("an Ed25519 public key has 32 bytes");

    public static Ed25519Pair FromPkcs8(ReadOnlySpan<byte> der)
    {
        var info = new AsnReader(der.ToArray(), AsnEncodingRules.DER).ReadSequence();
        info.ReadInteger(); // version
        info.ReadSequence(); // algorithm
        return FromSeed(new AsnReader(info.ReadOctetString(), AsnEncodingRules.DER).ReadOctetString());
    }

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature) => Sodium.Sign(data, _secret!, signature);

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) => Sodium.Verify(data, _public, signature);

    public override byte[] ExportPkcs8()
    {
        var seed = new AsnWriter(AsnEncodingRules.DER);
        seed.WriteOctetString(_secret.AsSpan(0, SeedLength));
        var der = new AsnWriter(AsnEncodingRules.DER);
        using (der.PushSequence())
        {
            der.WriteInteger(0);
            using (der.PushSequence()) der.WriteObjectIdentifier(Oid);
            der.WriteOctetString(seed.Encode());
        }

        return der.Encode();
    }

    private static Ed25519Pair FromSeed(ReadOnlySpan<byte> seed)
    {
        if (seed.Length != SeedLength) throw new CryptographicException("an Ed25519 private key has 32 bytes");
        var (publicKey, secret) = Sodium.KeyPair(seed);
        return new Ed25519Pair(publicKey, secret);
    }
}
