using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Credence.Keys;

namespace Credence.Sso;

/// <summary>A provider's keys that verify signatures, as it publishes them (RFC 7517); others are passed over.</summary>
internal sealed class ProviderKeys
{
    private const int Most = 100;
    private const int LeastRsaBytes = 256; // RFC 7518 3.3: 2048 bits
    private const int MostRsaBytes = 1024; // a larger key is there to make us work

    private readonly List<(string? Kid, SigningKey Key)> _keys;

    private ProviderKeys(List<(string? Kid, SigningKey Key)> keys) => _keys = keys;

    /// <summary>Reads a key set.</summary>
    /// <returns>Null when it is none.</returns>
    public static ProviderKeys? Read(JsonElement set)
    {
        if (!set.TryGetProperty("keys", out var keys) || keys.ValueKind != JsonValueKind.Array || keys.GetArrayLength() > Most) return null;
        var read = new List<(string?, SigningKey)>();
        foreach (var jwk in keys.EnumerateArray())
        {
            if (jwk.ValueKind == JsonValueKind.Object && One(jwk) is { } key) read.Add((Claims.Text(jwk, "kid"), key));
        }

        return new ProviderKeys(read);
    }

    /// <summary>The key of a name; where a token names none, the only one of its algorithm (OpenID Connect Core 10.1).</summary>
    public SigningKey? Find(KeyAlgorithm algorithm, string? kid)
    {
        var fitting = _keys.FindAll(one => one.Key.Algorithm == algorithm && (kid is null || one.Kid == kid));
        return fitting.Count == 1 || (kid is not null && fitting.Count > 0) ? fitting[0].Key : null;
    }

    private static SigningKey? One(JsonElement jwk)
    {
        if (Claims.Text(jwk, "use") is not (null or "sig")) return null;
        if (Read(jwk, Claims.Text(jwk, "kty"), Claims.Text(jwk, "crv")) is not { } key) return null;
        if (Claims.Text(jwk, "alg") is { } algorithm && algorithm != key.Alg) return null;
        try
        {
            return SigningKey.FromJwk(key);
        }
        catch (Exception error) when (error is FormatException or CryptographicException or ArgumentException)
        {
            return null; // numbers that are no key
        }
    }

    private static PublicJwk? Read(JsonElement jwk, string? type, string? curve) => (type, curve) switch
    {
        ("RSA", _) when Claims.Text(jwk, "n") is { } n && Claims.Text(jwk, "e") is { } e
            && Base64Url.GetMaxDecodedLength(n.Length) is >= LeastRsaBytes and <= MostRsaBytes && e.Length <= 8 => new PublicJwk("RSA", "RS256", "sig", "", N: n, E: e),
        ("EC", "P-256") when Claims.Text(jwk, "x") is { } x && Claims.Text(jwk, "y") is { } y => new PublicJwk("EC", "ES256", "sig", "", Crv: curve, X: x, Y: y),
        ("OKP", "Ed25519") when Claims.Text(jwk, "x") is { } x => new PublicJwk("OKP", "EdDSA", "sig", "", Crv: curve, X: x),
        _ => null,
    };
}
