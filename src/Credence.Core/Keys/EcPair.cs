using System.Security.Cryptography;

namespace Credence.Keys;

/// <summary>ES256: P-256, signatures as <c>r || s</c> of 32 bytes each (RFC 7518 3.4).</summary>
internal sealed class EcPair(ECDsa ec, bool canSign) : KeyPair
{
    private const DSASignatureFormat Format = DSASignatureFormat.IeeeP1363FixedFieldConcatenation;

    public override PublicJwk Jwk { get; } = PublicJwk.Ec(ec.ExportParameters(includePrivateParameters: false).Q);

    public override bool CanSign => canSign;

    public override int SignatureLength => 64;

    public override void Sign(ReadOnlySpan<byte> data, Span<byte> signature)
    {
        if (!ec.TrySignData(data, signature, HashAlgorithmName.SHA256, Format, out var length) || length != SignatureLength)
        {
            throw new CryptographicException("the P-256 key gave a signature of another length");
        }
    }

    public override bool Verify(ReadOnlySpan<byte> data, ReadOnlySpan<byte> signature) =>
        ec.VerifyData(data, signature, HashAlgorithmName.SHA256, Format);

    public override byte[] ExportPkcs8() => ec.ExportPkcs8PrivateKey();
}
