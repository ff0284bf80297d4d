using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Credence.Tokens;

/// <summary>How token payloads are written: JSON in plain ASCII.</summary>
public static class TokenJson
{
    /// <summary>
    /// Escapes all that is not ASCII, and <c>?</c>, <c>~</c>, <c>&gt;</c> and DEL besides. Of all ASCII only these four can put <c>-</c> or <c>_</c> into
    /// base64url, and a client program decodes payloads as plain base64 (contract grantex 5.1). Property names need it too.
    /// </summary>
    public static JavaScriptEncoder Encoder { get; } = MakeEncoder();

    /// <summary>For a <see cref="Utf8JsonWriter"/> that writes a payload.</summary>
    public static JsonWriterOptions WriterOptions => new() { Encoder = Encoder };

    private static JavaScriptEncoder MakeEncoder()
    {
        var allowed = new TextEncoderSettings(UnicodeRanges.BasicLatin);
        allowed.ForbidCharacters('?', '~', '>', '\u007F');
        return JavaScriptEncoder.Create(allowed);
    }
}
