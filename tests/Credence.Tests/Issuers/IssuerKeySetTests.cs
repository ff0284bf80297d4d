using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Issuers;
using Credence.Keys;

namespace Credence.Tests.Issuers;

public sealed class IssuerKeySetTests
{
    private static readonly PublicJwk Ec = SigningKey.Generate(KeyAlgorithm.ES256).Jwk;
    private static readonly PublicJwk Rsa = SigningKey.Generate(KeyAlgorithm.RS256).Jwk;

    [Fact]
    public void Of_a_key_set_only_what_can_be_verified_with_is_kept()
    {
        var set = Read(
            Members(Ec, "a"), Members(Rsa, "b"), Members(Ec, "c") with { Use = "enc" }, Members(Ec, "d") with { Alg = "ES512" }, Members(Rsa, "e") with { Alg = "PS256" },
            Members(Ec, "f") with { Crv = "P-384" }, Members(Ec, "g") with { X = Ec.X + "AA" }, Members(Ec, "h") with { X = "!" }, Members(Ec, "i") with { Y = Ec.X },
            Members(Rsa, "j") with { E = "AQABAQABAQAB" }, Members(SmallRsa(), "k"), Members(SigningKey.Generate(KeyAlgorithm.EdDSA).Jwk, "l"));

        Assert.Equal(["a", "b", "l"], set!.Keys.Select(key => key.Kid));
        Assert.Empty(IssuerKeySet.Read("""{"keys":[1,"x",null,{},{"kty":"\ud800"}]}"""u8.ToArray())!.Keys);
    }

    [Fact]
    public void A_key_is_found_by_its_name_and_algorithm_and_never_guessed()
    {
        var set = Read(Members(Ec, "one"), Members(Rsa, "one"), Members(SigningKey.Generate(KeyAlgorithm.ES256).Jwk, "two"))!;
        Assert.Equal(Ec.Kid, set.Find(KeyAlgorithm.ES256, "one")?.Kid);
        Assert.Equal(Rsa.Kid, set.Find(KeyAlgorithm.RS256, "one")?.Kid);
        Assert.Equal(Rsa.Kid, set.Find(KeyAlgorithm.RS256, null)?.Kid);
        Assert.Null(set.Find(KeyAlgorithm.RS256, "two"));
        Assert.Null(set.Find(KeyAlgorithm.ES256, "three"));
        Assert.Null(set.Find(KeyAlgorithm.ES256, null)); // two could be meant
        Assert.Null(Read(Members(Ec, "twin"), Members(SigningKey.Generate(KeyAlgorithm.ES256).Jwk, "twin"))!.Find(KeyAlgorithm.ES256, "twin"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("""{"keys":{}}""")]
    [InlineData("""{"keys":[],"keys":[]}""")]
    public void What_is_no_key_set_is_none(string json) => Assert.Null(IssuerKeySet.Read(Encoding.UTF8.GetBytes(json)));

    private static IssuerKeySet? Read(params PublicJwk[] keys) => IssuerKeySet.Read(JsonSerializer.SerializeToUtf8Bytes(new { keys }));

    private static PublicJwk Members(PublicJwk key, string kid) => key with { Kid = kid };

    private static PublicJwk SmallRsa()
    {
        using var rsa = RSA.Create(1024);
        var key = rsa.ExportParameters(includePrivateParameters: false);
        return Rsa with { N = System.Buffers.Text.Base64Url.EncodeToString(key.Modulus), E = System.Buffers.Text.Base64Url.EncodeToString(key.Exponent) };
    }
}
