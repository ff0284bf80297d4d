using System.Buffers;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Tokens;

namespace Credence.Tests.Tokens;

public sealed class JwsPayloadTests
{
    [Fact]
    public void No_payload_has_a_character_that_plain_base64_lacks()
    {
        for (var turn = 0; turn < 5_000; turn++)
        {
            var (name, value) = (Text(turn % 7), Text(turn % 40));
            var json = Write(name, value);

            Assert.DoesNotContain(Base64Url.EncodeToString(json), letter => letter is '-' or '_');
            Assert.True(Ascii.IsValid(json));
            using var read = JsonDocument.Parse(json);
            Assert.Equal(value, read.RootElement.GetProperty(name).GetString());
        }
    }

    [Fact]
    public void Every_ASCII_character_in_every_position_is_safe()
    {
        for (var code = 0; code < 128; code++)
        {
            for (var before = 0; before < 3; before++)
            {
                var json = Write("a", new string('a', before) + (char)code);
                Assert.DoesNotContain(Base64Url.EncodeToString(json), letter => letter is '-' or '_');
            }
        }
    }

    [Fact]
    public void Every_kind_of_token_differs_in_issuer_typ_or_audience()
    {
        var marks = TokenKinds.All.Select(kind => (kind.Issuer, kind.Typ, kind.Audience)).ToList();

        Assert.Equal(marks.Count, marks.Distinct().Count());
        Assert.Equal(TokenKinds.All.Count, TokenKinds.All.Select(kind => kind.Name).Distinct().Count());
        Assert.Contains(TokenKinds.Grant, TokenKinds.All);
    }

    private static byte[] Write(string name, string value)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, TokenJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString(name, value);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Mostly ASCII, where the trouble is; some of everything else that is Unicode.</summary>
    private static string Text(int length)
    {
        var text = new StringBuilder();
        for (var at = 0; at < length; at++)
        {
            var rune = RandomNumberGenerator.GetInt32(4) > 0 ? RandomNumberGenerator.GetInt32(128) : RandomNumberGenerator.GetInt32(0x110000);
            text.Append(Rune.IsValid(rune) ? new Rune(rune) : new Rune('~'));
        }

        return text.ToString();
    }
}
