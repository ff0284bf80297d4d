using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Credence.Keys;
using Credence.Tokens;

namespace Credence.Tests.Tokens;

public sealed class JwsTests
{
    private static readonly SigningKey Key = SigningKey.Generate(KeyAlgorithm.RS256);
    private static readonly SigningKey Ec = SigningKey.Generate(KeyAlgorithm.ES256);
    private static readonly SigningKey Ed = SigningKey.Generate(KeyAlgorithm.EdDSA);
    private static readonly KeyRing Ring = new(Key, Ec, Ed);
    private static readonly byte[] Payload = """{"sub":"user_1"}"""u8.ToArray();

    [Theory]
    [InlineData(KeyAlgorithm.RS256, null)]
    [InlineData(KeyAlgorithm.ES256, "at+jwt")]
    [InlineData(KeyAlgorithm.EdDSA, "checkpoint+jwt")]
    public void What_it_signs_it_verifies(KeyAlgorithm algorithm, string? typ)
    {
        var token = Jws.Sign(Ring.Current(algorithm), typ, Payload);

        var result = Jws.Verify(Ring, token, algorithm, typ);

        Assert.True(result.Succeeded, $"{result.Refusal}");
        Assert.Equal(Payload, result.Payload);
    }

    [Fact]
    public void A_grant_token_header_holds_alg_and_kid_alone()
    {
        var header = Base64Url.DecodeFromChars(Jws.Sign(Key, null, Payload).Split('.')[0]);

        Assert.Equal($$"""{"alg":"RS256","kid":"{{Key.Kid}}"}""", Encoding.UTF8.GetString(header));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("None")]
    [InlineData("HS256")]
    [InlineData("HS512")]
    [InlineData("RS384")]
    [InlineData("PS256")]
    [InlineData("ES256")]
    [InlineData("rs256")]
    [InlineData("")]
    public void Any_other_algorithm_is_refused_though_the_signature_is_good(string alg) =>
        Refused(JwsRefusal.AlgNotAllowed, Signed($$"""{"alg":"{{alg}}","kid":"{{Key.Kid}}"}"""));

    [Fact]
    public void An_unsigned_token_is_refused() =>
        Refused(JwsRefusal.AlgNotAllowed, $"{Encode($$"""{"alg":"none","kid":"{{Key.Kid}}"}""")}.{Base64Url.EncodeToString(Payload)}.");

    [Fact]
    public void The_public_key_is_no_shared_secret()
    {
        var text = $"{Encode($$"""{"alg":"HS256","kid":"{{Key.Kid}}"}""")}.{Base64Url.EncodeToString(Payload)}";
        var mac = HMACSHA256.HashData(Base64Url.DecodeFromChars(Key.Jwk.N), Encoding.ASCII.GetBytes(text));

        Refused(JwsRefusal.AlgNotAllowed, $"{text}.{Base64Url.EncodeToString(mac)}");
    }

    [Theory]
    [InlineData("""{"kid":"KID"}""")]
    [InlineData("""{"alg":null,"kid":"KID"}""")]
    [InlineData("""{"alg":["RS256"],"kid":"KID"}""")]
    public void An_algorithm_that_is_no_text_is_refused(string header) => Refused(JwsRefusal.AlgNotAllowed, Signed(header));

    [Fact]
    public void A_key_of_another_algorithm_is_refused() =>
        Refused(JwsRefusal.AlgNotAllowed, Signed($$"""{"alg":"RS256","kid":"{{Ec.Kid}}"}"""));

    [Theory]
    [InlineData("""{"alg":"RS256","kid":"KID","alg":"RS256"}""")]
    [InlineData("""{"alg":"RS256","kid":"KID","kid":"KID"}""")]
    [InlineData("""{"alg":"RS256","kid":"KID","x":1,"x":1}""")]
    [InlineData("""{"alg":"RS256","kid":"KID","\u0061lg":"none"}""")]
    [InlineData("""["RS256"]""")]
    [InlineData("""{"alg":"RS256","kid":"KID"} {}""")]
    [InlineData("""{"alg":"RS256","kid":"KID",}""")]
    [InlineData("""{"alg":"RS256","kid":"\ud800"}""")]
    [InlineData("""{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":{"a":1}}}}}}}}}""")]
    [InlineData("not json")]
    [InlineData("")]
    public void A_header_that_is_no_plain_object_is_refused(string header) => Refused(JwsRefusal.Malformed, Signed(header));

    [Fact]
    public void A_header_that_is_not_UTF_8_is_refused() =>
        Refused(JwsRefusal.Malformed, SignedBytes([.. Encoding.UTF8.GetBytes($"{{\"alg\":\"RS256\",\"kid\":\"{Key.Kid}\",\"x\":\""), 0xC3, .. "\"}"u8], Payload));

    [Fact]
    public void A_payload_that_is_not_UTF_8_is_refused() =>
        Refused(JwsRefusal.Malformed, SignedBytes(Encoding.UTF8.GetBytes($$"""{"alg":"RS256","kid":"{{Key.Kid}}"}"""), [0xC3, 0x28]));

    [Fact]
    public void A_demanded_extension_is_refused() =>
        Refused(JwsRefusal.CritNotSupported, Signed("""{"alg":"RS256","kid":"KID","crit":["exp"],"exp":1}"""));

    [Theory]
    [InlineData("\"JWT\"")]
    [InlineData("\"at+jwt\"")]
    [InlineData("\"\"")]
    [InlineData("null")]
    public void A_kind_without_typ_takes_no_token_with_one(string typ) =>
        Refused(JwsRefusal.WrongTyp, Signed($$"""{"alg":"RS256","kid":"KID","typ":{{typ}}}"""));

    [Theory]
    [InlineData("""{"alg":"RS256","kid":"KID"}""")]
    [InlineData("""{"alg":"RS256","kid":"KID","typ":"AT+JWT"}""")]
    [InlineData("""{"alg":"RS256","kid":"KID","typ":["at+jwt"]}""")]
    public void A_kind_with_typ_takes_only_that(string header) => Refused(JwsRefusal.WrongTyp, Signed(header), "at+jwt");

    [Theory]
    [InlineData("""{"alg":"RS256"}""")]
    [InlineData("""{"alg":"RS256","kid":"nobody"}""")]
    [InlineData("""{"alg":"RS256","kid":7}""")]
    public void A_key_nobody_published_is_refused(string header) => Refused(JwsRefusal.UnknownKid, Signed(header));

    [Fact]
    public void A_key_in_the_header_is_never_used()
    {
        var own = SigningKey.Generate(KeyAlgorithm.RS256);
        var jwk = $$"""{"kty":"RSA","n":"{{own.Jwk.N}}","e":"AQAB"}""";

        Refused(JwsRefusal.BadSignature, Signed($$"""{"alg":"RS256","kid":"KID","jwk":{{jwk}},"jku":"https://example.org/k","x5u":"https://example.org/c"}""", own));
        Refused(JwsRefusal.UnknownKid, Signed($$"""{"alg":"RS256","kid":"{{own.Kid}}","jwk":{{jwk}}}""", own));
    }

    [Fact]
    public void A_signature_that_is_not_the_keys_is_refused()
    {
        var parts = Jws.Sign(Key, null, Payload).Split('.');
        var swapped = (parts[2][0] == 'A' ? 'B' : 'A') + parts[2][1..];

        Refused(JwsRefusal.BadSignature, $"{parts[0]}.{parts[1]}.{swapped}");
        Refused(JwsRefusal.BadSignature, $"{parts[0]}.{Encode("""{"sub":"user_2"}""")}.{parts[2]}");
        Refused(JwsRefusal.BadSignature, $"{parts[0]}.{parts[1]}.");
        Refused(JwsRefusal.BadSignature, $"{parts[0]}.{parts[1]}.{parts[2][..^6]}");
    }

    [Fact]
    public void A_token_has_one_spelling()
    {
        var token = Jws.Sign(Key, null, Payload); // 256 bytes of signature leave 2 characters over, 4 bits of which mean nothing
        const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        var sibling = token[..^1] + Letters[Letters.IndexOf(token[^1], StringComparison.Ordinal) + 1];
        var parts = token.Split('.');

        foreach (var other in new[]
        {
            sibling, token + "==", token + "=", token + "\n", " " + token, parts[0] + " ." + parts[1] + "." + parts[2],
            $"{parts[0]}.{parts[1]}\t.{parts[2]}", token.Replace('-', '+').Replace('_', '/') + "+", token + "é",
        })
        {
            Refused(JwsRefusal.Malformed, other);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("...")]
    [InlineData("a")]
    [InlineData("a.b")]
    [InlineData("a.b.c")]
    [InlineData("\0.\0.\0")]
    public void Less_than_a_token_is_refused(string text) => Refused(JwsRefusal.Malformed, text);

    [Fact]
    public void Four_and_five_parts_are_refused()
    {
        var token = Jws.Sign(Key, null, Payload);

        Refused(JwsRefusal.Malformed, token + ".");
        Refused(JwsRefusal.Malformed, "." + token);
        Refused(JwsRefusal.Malformed, token + ".AAAA.AAAA");
    }

    [Fact]
    public void A_token_over_16_KiB_is_not_looked_at()
    {
        var payload = new byte[12 * 1024];
        Array.Fill(payload, (byte)' ');

        Refused(JwsRefusal.TooLong, Jws.Sign(Key, null, payload));
        Refused(JwsRefusal.TooLong, new string('A', 1_000_000));
        Assert.True(Jws.Verify(Ring, Jws.Sign(Key, null, payload.AsSpan(0, 11_000)), KeyAlgorithm.RS256, null).Succeeded);
    }

    private static void Refused(JwsRefusal why, string token, string? typ = null)
    {
        var result = Jws.Verify(Ring, token, KeyAlgorithm.RS256, typ);
        Assert.False(result.Succeeded);
        Assert.Null(result.Payload);
        Assert.Equal(why, result.Refusal);
    }

    private static string Encode(string text) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text));

    /// <summary>A token whose signature is good, whatever the header says; KID stands for the key's name.</summary>
    private static string Signed(string header, SigningKey? by = null) =>
        SignedBytes(Encoding.UTF8.GetBytes(header.Replace("KID", Key.Kid, StringComparison.Ordinal)), Payload, by);

    private static string SignedBytes(byte[] header, byte[] payload, SigningKey? by = null)
    {
        var text = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        return $"{text}.{Base64Url.EncodeToString((by ?? Key).Sign(Encoding.ASCII.GetBytes(text)))}";
    }
}
