using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Credence.Keys;
using Credence.Storage;
using Credence.Tests.Support;

namespace Credence.Tests.Keys;

public sealed class SigningKeyTests
{
    private static readonly byte[] Message = "somebody lends authority"u8.ToArray();

    private static readonly PublicJwk Rfc7515A2 = new("RSA", "RS256", "sig", "", E: "AQAB", N:
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2j" +
        "Z47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-" +
        "DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ");

    private static readonly PublicJwk Rfc7515A3 = new(
        "EC", "ES256", "sig", "", Crv: "P-256", X: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", Y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0");

    private const string Rfc7515Payload = "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";

    [Fact]
    public void RS256_is_that_of_RFC_7515_A_2()
    {
        var signature = Base64Url.DecodeFromChars(
            "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZ" +
            "LgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6" +
            "LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw");

        Assert.True(SigningKey.FromJwk(Rfc7515A2).Verify(Encoding.ASCII.GetBytes($"eyJhbGciOiJSUzI1NiJ9.{Rfc7515Payload}"), signature));
    }

    [Fact]
    public void ES256_is_that_of_RFC_7515_A_3()
    {
        var signature = Base64Url.DecodeFromChars("DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");

        Assert.True(SigningKey.FromJwk(Rfc7515A3).Verify(Encoding.ASCII.GetBytes($"eyJhbGciOiJFUzI1NiJ9.{Rfc7515Payload}"), signature));
    }

    [Theory, EachEngine]
    public async Task EdDSA_and_its_key_name_are_those_of_RFC_8037_A(EngineKind engine)
    {
        using var folder = new TestFolder();
        var seed = Base64Url.DecodeFromChars("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A");
        var options = Material.Given();
        options.Ed25519PrivateKeyFile = folder.Write("ed25519.pem", Material.Ed25519Pem(seed));
        await using var database = await TestDb.OnAsync(engine);
        await using var node = await KeyNode.StartAsync(database, new ManualClock(), options);

        var key = node.Ring.Current(KeyAlgorithm.EdDSA);
        var signature = key.Sign("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"u8);

        Assert.Equal("hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg", Base64Url.EncodeToString(signature));
        Assert.Equal("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", key.Jwk.X);
        Assert.Equal("kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", key.Kid);
    }

    [Fact]
    public void A_key_is_named_by_its_RFC_7638_thumbprint()
    {
        var key = SigningKey.FromJwk(new PublicJwk("RSA", "RS256", "sig", "", E: "AQAB", N:
            "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93" +
            "lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3" +
            "XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw"));

        Assert.Equal("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs", key.Kid);
    }

    [Theory]
    [InlineData(KeyAlgorithm.RS256, 256)]
    [InlineData(KeyAlgorithm.ES256, 64)]
    [InlineData(KeyAlgorithm.EdDSA, 64)]
    public void Only_the_same_message_verifies_and_only_with_the_public_part_of_the_same_key(KeyAlgorithm algorithm, int length)
    {
        var key = SigningKey.Generate(algorithm);
        var shown = SigningKey.FromJwk(key.Jwk);

        var signature = key.Sign(Message);

        Assert.Equal(length, signature.Length);
        Assert.Equal(key.Kid, shown.Kid);
        Assert.True(shown.Verify(Message, signature));
        Assert.False(shown.Verify("somebody lends authoritY"u8, signature));
        Assert.False(shown.Verify(Message, signature.AsSpan(1)));
        Assert.False(SigningKey.Generate(algorithm).Verify(Message, signature));
        Assert.Throws<InvalidOperationException>(() => shown.Sign(Message));
    }

    [Theory]
    [InlineData(KeyAlgorithm.RS256)]
    [InlineData(KeyAlgorithm.ES256)]
    [InlineData(KeyAlgorithm.EdDSA)]
    public void One_key_serves_many_threads(KeyAlgorithm algorithm)
    {
        var key = SigningKey.Generate(algorithm);
        var messages = Enumerable.Range(0, 16).Select(_ => RandomNumberGenerator.GetBytes(200)).ToArray();

        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, turn =>
        {
            var message = messages[turn % messages.Length];
            Assert.True(key.Verify(message, key.Sign(message)));
        });
    }
}
