using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Credence.Keys;

namespace Credence.Issuers;

/// <summary>A key of another issuer.</summary>
/// <param name="Kid">Its name in that issuer's set, or null.</param>
/// <param name="Key">The key; it only verifies.</param>
public sealed record IssuerKey(string? Kid, SigningKey Key);

/// <summary>The keys of another issuer, as its key set lists them (RFC 7517 5).</summary>
/// <param name="Keys">Those that RS256, ES256 or EdDSA can be verified with; others are passed over.</param>
public sealed record IssuerKeySet(IReadOnlyList<IssuerKey> Keys)
{
    private const int MostKeys = 100;
    private const int LeastRsaBytes = 256; // 2048 bits (RFC 7518 3.3)
    private const int MostRsaBytes = 1024; // larger ones only cost time
    private const int MostExponentBytes = 4;
    private const int CoordinateBytes = 32;

    private static readonly JsonDocumentOptions EachMemberOnce = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    /// <summary>Reads a key set.</summary>
    /// <returns>Null when it is none.</returns>
    public static IssuerKeySet? Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, EachMemberOnce);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Reads a key set that is a JSON object.</summary>
    /// <returns>Null when it is none.</returns>
    public static IssuerKeySet? Read(JsonElement set)
    {
        if (!set.TryGetProperty("keys", out var listed) || listed.ValueKind != JsonValueKind.Array || listed.GetArrayLength() > MostKeys) return null;
        return new IssuerKeySet([.. listed.EnumerateArray().Select(ReadKey).OfType<IssuerKey>()]);
    }

    /// <summary>The key a token names, or the only one of its algorithm when it names none (OpenID Connect Core 10.1).</summary>
    public SigningKey? Find(KeyAlgorithm algorithm, string? kid)
    {
        IssuerKey[] fit = [.. Keys.Where(key => key.Key.Algorithm == algorithm && (kid is null || key.Kid == kid))];
        return fit.Length == 1 ? fit[0].Key : null; // two of one name: nobody knows which is meant
    }

    /// <returns>Null when the key is of another kind, for another use, or no key: the others of the set still count.</returns>
    private static IssuerKey? ReadKey(JsonElement jwk)
    {
        if (jwk.ValueKind != JsonValueKind.Object || Text(jwk, "use") is not (null or "sig")) return null;
        var read = (Text(jwk, "kty"), Text(jwk, "crv"), Text(jwk, "alg")) switch
        {
            ("RSA", _, null or "RS256") => Rsa(Bytes(jwk, "n"), Bytes(jwk, "e")),
            ("EC", "P-256", null or "ES256") => Ec(Bytes(jwk, "x"), Bytes(jwk, "y")),
            ("OKP", "Ed25519", null or "EdDSA") => Ed25519(Bytes(jwk, "x")),
            _ => null,
        };
        if (read is null) return null;
        try
        {
            return new IssuerKey(Text(jwk, "kid"), SigningKey.FromJwk(read));
        }
        catch (Exception error) when (error is CryptographicException or ArgumentException) // a point that is not on the curve, for one
        {
            return null;
        }
    }

    private static PublicJwk? Rsa(byte[]? modulus, byte[]? exponent) =>
        modulus is { Length: >= LeastRsaBytes and <= MostRsaBytes } && modulus[0] != 0 && exponent is { Length: > 0 and <= MostExponentBytes }
            ? new PublicJwk("RSA", "RS256", "sig", "", N: Base64Url.EncodeToString(modulus), E: Base64Url.EncodeToString(exponent))
            : null;

    private static PublicJwk? Ec(byte[]? x, byte[]? y) =>
        x is { Length: CoordinateBytes } && y is { Length: CoordinateBytes }
            ? new PublicJwk("EC", "ES256", "sig", "", Crv: "P-256", X: Base64Url.EncodeToString(x), Y: Base64Url.EncodeToString(y))
            : null;

    private static PublicJwk? Ed25519(byte[]? x) =>
        x is { Length: CoordinateBytes } ? new PublicJwk("OKP", "EdDSA", "sig", "", Crv: "Ed25519", X: Base64Url.EncodeToString(x)) : null;

    private static string? Text(JsonElement jwk, string name)
    {
        try
        {
            return jwk.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // no Unicode
        }
    }

    private static byte[]? Bytes(JsonElement jwk, string name)
    {
        try
        {
            return Text(jwk, name) is { } text ? Base64Url.DecodeFromChars(text) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
