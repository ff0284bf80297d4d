using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace Credence.Tokens;

/// <summary>How token payloads are written, JSON in plain ASCII, and how those are read whose signature was checked.</summary>
public static class TokenJson
{
    private static readonly JsonDocumentOptions EachMemberOnce = new() { AllowDuplicateProperties = false }; // RFC 7519 section 4

    /// <summary>
    /// Escapes all that is not ASCII, and <c>?</c>, <c>~</c>, <c>&gt;</c> and DEL besides. Of all ASCII only these four can put <c>-</c> or <c>_</c> into
    /// base64url, and a client program decodes payloads as plain base64 (contract grantex 5.1). Property names need it too.
    /// </summary>
    public static JavaScriptEncoder Encoder { get; } = MakeEncoder();

    /// <summary>For a <see cref="Utf8JsonWriter"/> that writes a payload.</summary>
    public static JsonWriterOptions WriterOptions => new() { Encoder = Encoder };

    /// <summary>A payload of the claims that <paramref name="write"/> writes.</summary>
    public static ReadOnlyMemory<byte> Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }

    /// <summary>Reads the claims of a payload.</summary>
    /// <param name="payload">What was signed.</param>
    /// <param name="read">Makes something of the claims; whatever it stumbles over, a claim that is missing or of another type, makes the payload unreadable.</param>
    /// <returns>Null when it is no JSON with each member once (RFC 7519 4), or <paramref name="read"/> cannot make anything of it.</returns>
    public static T? Read<T>(ReadOnlyMemory<byte> payload, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var parsed = JsonDocument.Parse(payload, EachMemberOnce);
            return read(parsed.RootElement);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or FormatException or ArgumentOutOfRangeException or KeyNotFoundException)
        {
            return null;
        }
    }

    /// <summary>A claim that must be a text.</summary>
    public static string Text(this JsonElement claims, string name) => claims.GetProperty(name).GetString() ?? throw new FormatException(name);

    /// <summary>A claim that must be an instant in whole seconds (RFC 7519 2).</summary>
    public static DateTimeOffset Time(this JsonElement claims, string name) => DateTimeOffset.FromUnixTimeSeconds(claims.GetProperty(name).GetInt64());

    private static JavaScriptEncoder MakeEncoder()
    {
        var allowed = new TextEncoderSettings(UnicodeRanges.BasicLatin);
        allowed.ForbidCharacters('?', '~', '>', '\u007F');
        return JavaScriptEncoder.Create(allowed);
    }
}
