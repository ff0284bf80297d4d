using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Credence.Samples.Demo;

/// <summary>What a service does with a grant token when it asks nobody: signature by the published key, then every claim.</summary>
internal static class OfflineCheck
{
    /// <summary>Checks <paramref name="token"/> with the keys of <c>/.well-known/jwks.json</c> and returns its claims.</summary>
    public static JsonObject Run(string token, JsonObject keySet, string issuer, string audience, DateTimeOffset now)
    {
        var parts = token.Split('.');
        Expect.That(parts.Length == 3, "a token of three parts");
        var header = Decode(parts[0]);
        Expect.That((string?)header["alg"] == "RS256", "RS256 and nothing else: the verifier chooses the algorithm, not the token");

        var key = keySet["keys"]!.AsArray().FirstOrDefault(candidate => (string?)candidate!["kid"] == (string?)header["kid"]);
        Expect.That((string?)key?["kty"] == "RSA", "a published RSA key with the token's kid");
        using var rsa = RSA.Create(new RSAParameters
        {
            Modulus = Base64Url.DecodeFromChars((string)key!["n"]!),
            Exponent = Base64Url.DecodeFromChars((string)key["e"]!),
        });
        var signed = Encoding.ASCII.GetBytes($"{parts[0]}.{parts[1]}");
        var genuine = rsa.VerifyData(signed, Base64Url.DecodeFromChars(parts[2]), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        Expect.That(genuine, "a signature by that key");

        var claims = Decode(parts[1]);
        Expect.That((string?)claims["iss"] == issuer, $"iss to be {issuer}, and it is {claims["iss"]} (CREDENCE_ISSUER says otherwise)");
        Expect.That((string?)claims["aud"] == audience, $"aud to be {audience}: a token for another service is not for this one");
        Expect.That((long?)claims["exp"] > now.ToUnixTimeSeconds(), "exp to lie ahead");
        return claims;
    }

    /// <summary>The claims as they stand in the token, unchecked.</summary>
    public static JsonObject Claims(string token) => Decode(token.Split('.')[1]);

    private static JsonObject Decode(string part) => JsonNode.Parse(Base64Url.DecodeFromChars(part))!.AsObject();
}
