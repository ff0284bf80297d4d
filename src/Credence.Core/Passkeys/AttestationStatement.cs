using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Credence.Passkeys;

/// <summary>
/// The statement about an authenticator's make (WebAuthn 8). <c>none</c> and <c>packed</c> are read. One in another format counts for nothing, like none at
/// all: since no chain is followed to a maker, refusing it would protect nobody and shut out the authenticators that send it.
/// </summary>
internal static class AttestationStatement
{
    private const string AaguidExtension = "1.3.6.1.4.1.45724.1.1.4"; // FIDO: the make that the certificate is for

    /// <returns>What there is to it; or that it does not hold.</returns>
    public static Result<Attestation> Check(string format, Dictionary<object, object?> statement, ReadOnlySpan<byte> signed, NewCredential made, CoseKey key)
    {
        switch (format)
        {
            case "none": return statement.Count == 0 ? Attestation.None : PasskeyFailures.BadAttestation;
            case "packed": break;
            default: return Attestation.Unread;
        }

        if (statement.GetValueOrDefault("alg") is not long algorithm || statement.GetValueOrDefault("sig") is not ReadOnlyMemory<byte> signature)
        {
            return PasskeyFailures.BadAttestation;
        }

        if (!statement.TryGetValue("x5c", out var chain))
        {
            // WebAuthn 8.2: the new key itself signs.
            return key.Algorithm == algorithm && key.Verify(signed, signature.Span) ? Attestation.Self : PasskeyFailures.BadAttestation;
        }

        return chain is List<object?> { Count: > 0 } list && list[0] is ReadOnlyMemory<byte> leaf
            ? CheckLeaf(leaf.Span, algorithm, signed, signature.Span, made)
            : PasskeyFailures.BadAttestation;
    }

    /// <summary>WebAuthn 8.2 with <c>x5c</c>, and 8.2.1: the leaf's key signs, and the leaf is what such a certificate must be.</summary>
    private static Result<Attestation> CheckLeaf(
        ReadOnlySpan<byte> leaf, long algorithm, ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, NewCredential made)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(leaf);
            using var key = CoseKey.Of(certificate, algorithm);
            return key is not null && key.Verify(signed, signature) && IsForAttestation(certificate) && IsOf(certificate, made.Aaguid)
                ? Attestation.Certificate
                : PasskeyFailures.BadAttestation;
        }
        catch (Exception error) when (error is CryptographicException or AsnContentException)
        {
            return PasskeyFailures.BadAttestation;
        }
    }

    private static bool IsForAttestation(X509Certificate2 certificate)
    {
        var names = certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(part => !part.HasMultipleElements)
            .ToLookup(part => part.GetSingleElementType().Value, part => part.GetSingleElementValue());
        const string country = "2.5.4.6", organization = "2.5.4.10", unit = "2.5.4.11", common = "2.5.4.3";
        return certificate.Version == 3
            && names[country].Any() && names[organization].Any() && names[common].Any()
            && names[unit].Contains("Authenticator Attestation", StringComparer.Ordinal)
            && certificate.Extensions.OfType<X509BasicConstraintsExtension>().All(constraints => !constraints.CertificateAuthority);
    }

    private static bool IsOf(X509Certificate2 certificate, Guid aaguid)
    {
        if (certificate.Extensions[AaguidExtension] is not { } extension) return true; // it need not say
        var named = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadOctetString();
        return !extension.Critical && named.Length == 16 && new Guid(named, bigEndian: true) == aaguid;
    }
}
