using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Credence.Keys;

/// <summary>Reads a key an operator gives: PEM, as PKCS#8, PKCS#1 or SEC 1, private or public; <c>\n</c> may stand for line ends (contract operations O7).</summary>
internal static class PemKey
{
    private const int LeastRsaBits = 2048;

    /// <returns>The key, or the rest of a sentence that begins with where the text came from. It never repeats the text.</returns>
    public static (KeyPair? Key, string? Problem) Read(string text)
    {
        var pem = text.Replace("\\r", "", StringComparison.Ordinal).Replace("\\n", "\n", StringComparison.Ordinal).AsSpan();
        while (PemEncoding.TryFind(pem, out var fields))
        {
            var label = pem[fields.Label].ToString();
            try
            {
                if (ReadBlock(label, pem[fields.Location]) is { } pair) return Check(pair);
            }
            catch (Exception error) when (error is CryptographicException or AsnContentException or ArgumentException)
            {
                return (null, $"holds a {label} that cannot be read");
            }
            catch (NotSupportedException error)
            {
                return (null, error.Message);
            }

            pem = pem[fields.Location.End..]; // openssl puts EC PARAMETERS before the key
        }

        return (null, "is not a key in PEM form");
    }

    private static KeyPair? ReadBlock(string label, ReadOnlySpan<char> block) => label switch
    {
        "PRIVATE KEY" => FromInfo(Der(block), isPrivate: true),
        "PUBLIC KEY" => FromInfo(Der(block), isPrivate: false),
        "RSA PRIVATE KEY" => Rsa(block, isPrivate: true),
        "RSA PUBLIC KEY" => Rsa(block, isPrivate: false),
        "EC PRIVATE KEY" => Ec(block, isPrivate: true),
        "ENCRYPTED PRIVATE KEY" => throw new NotSupportedException("is encrypted: give the key without a passphrase, in a file only this server reads"),
        "CERTIFICATE" => throw new NotSupportedException("is a certificate: give the key"),
        _ => null,
    };

    private static KeyPair FromInfo(byte[] der, bool isPrivate)
    {
        var info = new AsnReader(der, AsnEncodingRules.BER).ReadSequence();
        if (isPrivate) info.ReadInteger();
        var block = PemEncoding.WriteString(isPrivate ? "PRIVATE KEY" : "PUBLIC KEY", der);
        switch (info.ReadSequence().ReadObjectIdentifier())
        {
            case "1.2.840.113549.1.1.1": return Rsa(block, isPrivate);
            case "1.2.840.10045.2.1": return Ec(block, isPrivate);
            case Ed25519Pair.Oid: return isPrivate ? Ed25519Pair.FromPkcs8(der) : Ed25519Pair.FromPublic(info.ReadBitString(out _));
            default: throw new NotSupportedException("holds a key that is none of RSA, P-256 and Ed25519");
        }
    }

    private static RsaPair Rsa(ReadOnlySpan<char> block, bool isPrivate)
    {
        var rsa = RSA.Create();
        rsa.ImportFromPem(block);
        return new RsaPair(rsa, isPrivate);
    }

    private static EcPair Ec(ReadOnlySpan<char> block, bool isPrivate)
    {
        var ec = ECDsa.Create();
        ec.ImportFromPem(block);
        if (ec.ExportParameters(includePrivateParameters: false).Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new NotSupportedException("holds an EC key of another curve than P-256");
        }

        return new EcPair(ec, isPrivate);
    }

    private static (KeyPair? Key, string? Problem) Check(KeyPair pair) =>
        pair is RsaPair && pair.SignatureLength * 8 < LeastRsaBits
            ? (null, $"holds an RSA key of {pair.SignatureLength * 8} bits; {LeastRsaBits} is the least")
            : (pair, null);

    private static byte[] Der(ReadOnlySpan<char> block)
    {
        var fields = PemEncoding.Find(block);
        var der = new byte[fields.DecodedDataLength];
        return Convert.TryFromBase64Chars(block[fields.Base64Data], der, out _) ? der : throw new CryptographicException("not base64");
    }
}
