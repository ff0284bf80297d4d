using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Credence.Keys;

/// <summary>The public part of a signing key as a key set shows it (RFC 7517; RFC 7518 6; RFC 8037 2).</summary>
/// <param name="Kty"><c>RSA</c>, <c>EC</c> or <c>OKP</c>.</param>
/// <param name="Alg">The one algorithm it is used with.</param>
/// <param name="Use">Always <c>sig</c>.</param>
/// <param name="Kid">Its RFC 7638 thumbprint.</param>
/// <param name="N">RSA modulus.</param>
/// <param name="E">RSA exponent.</param>
/// <param name="Crv"><c>P-256</c> or <c>Ed25519</c>.</param>
/// <param name="X">First coordinate, or the Ed25519 key.</param>
/// <param name="Y">Second coordinate.</param>
public sealed record PublicJwk(
    [property: JsonPropertyName("kty")] string Kty,
    [property: JsonPropertyName("alg")] string Alg,
    [property: JsonPropertyName("use")] string Use,
    [property: JsonPropertyName("kid")] string Kid,
    [property: JsonPropertyName("n"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? N = null,
    [property: JsonPropertyName("e"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? E = null,
    [property: JsonPropertyName("crv"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Crv = null,
    [property: JsonPropertyName("x"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? X = null,
    [property: JsonPropertyName("y"), JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Y = null)
{
    internal static PublicJwk Rsa(RSAParameters key) =>
        new PublicJwk("RSA", "RS256", "sig", "", N: Base64Url.EncodeToString(key.Modulus), E: Base64Url.EncodeToString(key.Exponent)).WithKid();

    internal static PublicJwk Ec(ECPoint key) =>
        new PublicJwk("EC", "ES256", "sig", "", Crv: "P-256", X: Base64Url.EncodeToString(key.X), Y: Base64Url.EncodeToString(key.Y)).WithKid();

    internal static PublicJwk Ed25519(ReadOnlySpan<byte> key) =>
        new PublicJwk("OKP", "EdDSA", "sig", "", Crv: "Ed25519", X: Base64Url.EncodeToString(key)).WithKid();

    /// <summary>RFC 7638 3: the required members alone, in the order of their names, without a space.</summary>
    private PublicJwk WithKid()
    {
        var canonical = Kty switch
        {
            "RSA" => $$"""{"e":"{{E}}","kty":"RSA","n":"{{N}}"}""",
            "EC" => $$"""{"crv":"{{Crv}}","kty":"EC","x":"{{X}}","y":"{{Y}}"}""",
            _ => $$"""{"crv":"{{Crv}}","kty":"OKP","x":"{{X}}"}""",
        };
        return this with { Kid = Base64Url.EncodeToString(SHA256.HashData(Encoding.UTF8.GetBytes(canonical))) };
    }
}

/// <summary>The JSON forms of this room.</summary>
[JsonSerializable(typeof(PublicJwk))]
internal sealed partial class KeysJson : JsonSerializerContext;
