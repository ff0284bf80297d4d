using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Credence.Keys;
using Credence.Telemetry;

namespace Credence.Tokens;

/// <summary>
/// Compact JWS (RFC 7515 3.1), signed and verified with the keys of the ring alone: keys or addresses of keys in a header are never looked at, and the
/// algorithm is the caller's choice, not the token's (RFC 8725 3.1).
/// </summary>
public static class Jws
{
    /// <summary>The longest token that is looked at, in characters.</summary>
    public const int MaxLength = 16 * 1024;

    private static readonly JsonDocumentOptions HeaderOptions = new() { MaxDepth = 8, AllowDuplicateProperties = false };

    /// <summary>Signs a payload.</summary>
    /// <param name="key">The key; its name goes into the header.</param>
    /// <param name="typ">The kind's <c>typ</c>, or null for none.</param>
    /// <param name="payloadUtf8">The payload, written with <see cref="TokenJson"/>.</param>
    public static string Sign(SigningKey key, string? typ, ReadOnlySpan<byte> payloadUtf8)
    {
        using var span = Tracing.Source.StartActivity("jwt.sign");
        span?.SetTag("jwt.typ", typ).SetTag("jwt.alg", key.Algorithm.ToString()).SetTag("jwt.kid", key.Kid);
        var header = key.Header(typ, WriteHeader);
        var signed = header.Length + 1 + Base64Url.GetEncodedLength(payloadUtf8.Length);
        var length = signed + 1 + Base64Url.GetEncodedLength(key.SignatureLength);

        var rented = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            var text = rented.AsSpan(0, length);
            Encoding.ASCII.GetBytes(header, text);
            text[header.Length] = (byte)'.';
            Base64Url.EncodeToUtf8(payloadUtf8, text[(header.Length + 1)..]);
            text[signed] = (byte)'.';
            Base64Url.EncodeToUtf8(key.Sign(text[..signed]), text[(signed + 1)..]);
            return Encoding.ASCII.GetString(text);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented, clearArray: true);
        }
    }

    /// <summary>Verifies the signature of a token and that its header is as asked. Claims are the caller's next question.</summary>
    /// <param name="ring">The keys.</param>
    /// <param name="token">What somebody sent.</param>
    /// <param name="algorithm">The only algorithm that is taken.</param>
    /// <param name="typ">The only <c>typ</c> that is taken; null takes only a token without one.</param>
    public static JwsResult Verify(KeyRing ring, string token, KeyAlgorithm algorithm, string? typ)
    {
        if (Split(token, out var parts) is { } broken) return JwsResult.Refused(broken);
        var refusal = CheckHeader(ring, parts.Header, algorithm, typ, out var key);
        return refusal is null ? Check(key!, token, parts) : new JwsResult(null, refusal);
    }

    /// <summary>Verifies what was signed with a key that is not ours, such as an ID token: RS256, ES256 or EdDSA, as the key says (RFC 8725 3.1).</summary>
    /// <param name="token">What the issuer sent.</param>
    /// <param name="find">The issuer's key for an algorithm and a <c>kid</c>, which may be missing.</param>
    /// <param name="typ">A <c>typ</c> it may have besides <c>JWT</c> or none.</param>
    internal static JwsResult VerifyForeign(string token, Func<KeyAlgorithm, string?, SigningKey?> find, string? typ = null)
    {
        if (Open(token, out var foreign) is { } broken) return JwsResult.Refused(broken);
        if (foreign.Typ is { } found && found != typ && !found.Equals("JWT", StringComparison.OrdinalIgnoreCase)) return JwsResult.Refused(JwsRefusal.WrongTyp);
        return find(foreign.Algorithm, foreign.Kid) is { } key ? Check(key, token, foreign.Parts) : JwsResult.Refused(JwsRefusal.UnknownKid);
    }

    /// <summary>Takes apart what was signed with a key that is not ours; nothing in it may be believed before <see cref="ForeignJws.IsSignedBy"/> has said so.</summary>
    /// <returns>Why it is none that could be verified, or null.</returns>
    internal static JwsRefusal? Open(string token, out ForeignJws foreign)
    {
        foreign = default;
        if (Split(token, out var parts) is { } broken) return broken;
        try
        {
            using var document = JsonDocument.Parse(parts.Header, HeaderOptions);
            var header = document.RootElement;
            if (header.ValueKind != JsonValueKind.Object || !Utf8.IsValid(parts.Header)) return JwsRefusal.Malformed;
            if (AlgorithmOf(Text(header, "alg")) is not { } algorithm) return JwsRefusal.AlgNotAllowed;
            if (header.TryGetProperty("crit", out _)) return JwsRefusal.CritNotSupported;
            foreign = new ForeignJws(token, parts, algorithm, Text(header, "kid"), header.TryGetProperty("typ", out _) ? Text(header, "typ") ?? "" : null);
            return null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) // the latter: a string that is no Unicode
        {
            return JwsRefusal.Malformed;
        }
    }

    /// <summary>Verifies a token of one kind. A key that is not known here yet is looked for among those other nodes have made.</summary>
    public static async ValueTask<JwsResult> VerifyAsync(KeyRing ring, ReloadKeys reload, string token, TokenKind kind, CancellationToken ct)
    {
        var result = Verify(ring, token, kind);
        if (result.Refusal != JwsRefusal.UnknownKid || !await reload.AfterMissAsync(ct)) return result;
        return Verify(ring, token, kind);
    }

    private static JwsResult Verify(KeyRing ring, string token, TokenKind kind)
    {
        var result = Verify(ring, token, ring.For(kind.Algorithm), kind.Typ);
        return result.Refusal == JwsRefusal.AlgNotAllowed && kind.OtherAlgorithm is { } other ? Verify(ring, token, other, kind.Typ) : result;
    }

    /// <summary>A compact JWS taken apart.</summary>
    internal readonly record struct Parts(byte[] Header, byte[] Payload, byte[] Signature, int Signed);

    /// <summary>A compact JWS of another issuer and what its header says.</summary>
    internal readonly record struct ForeignJws(string Token, Parts Parts, KeyAlgorithm Algorithm, string? Kid, string? Typ)
    {
        /// <summary>Whether <paramref name="key"/> signed it.</summary>
        public bool IsSignedBy(SigningKey key) => IsSigned(key, Token.AsSpan(0, Parts.Signed), Parts.Signature);
    }

    private static JwsRefusal? Split(string token, out Parts parts)
    {
        parts = default;
        if (token.Length > MaxLength) return JwsRefusal.TooLong;

        var first = token.IndexOf('.', StringComparison.Ordinal);
        var last = token.LastIndexOf('.');
        if (first == last
            || CanonicalBase64.Decode(token.AsSpan(0, first)) is not { } header
            || CanonicalBase64.Decode(token.AsSpan((first + 1)..last)) is not { } payload
            || CanonicalBase64.Decode(token.AsSpan(last + 1)) is not { } signature)
        {
            return JwsRefusal.Malformed;
        }

        parts = new Parts(header, payload, signature, last);
        return null;
    }

    private static JwsResult Check(SigningKey key, string token, Parts parts)
    {
        if (!IsSigned(key, token.AsSpan(0, parts.Signed), parts.Signature)) return JwsResult.Refused(JwsRefusal.BadSignature);
        return Utf8.IsValid(parts.Payload) ? new JwsResult(parts.Payload, null) : JwsResult.Refused(JwsRefusal.Malformed);
    }

    private static JwsRefusal? CheckHeader(KeyRing ring, byte[] json, KeyAlgorithm algorithm, string? typ, out SigningKey? key)
    {
        key = null;
        try
        {
            using var document = JsonDocument.Parse(json, HeaderOptions);
            var header = document.RootElement;
            if (header.ValueKind != JsonValueKind.Object || !Utf8.IsValid(json)) return JwsRefusal.Malformed;
            if (Text(header, "alg") != algorithm.ToString()) return JwsRefusal.AlgNotAllowed;
            if (header.TryGetProperty("crit", out _)) return JwsRefusal.CritNotSupported;
            if (typ is null ? header.TryGetProperty("typ", out _) : Text(header, "typ") != typ) return JwsRefusal.WrongTyp;

            key = Text(header, "kid") is { } kid ? ring.Find(kid) : null;
            if (key is null) return JwsRefusal.UnknownKid;
            return key.Algorithm == algorithm ? null : JwsRefusal.AlgNotAllowed;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException) // the latter: a string that is no Unicode
        {
            return JwsRefusal.Malformed;
        }
    }

    private static KeyAlgorithm? AlgorithmOf(string? name) => name switch
    {
        "RS256" => KeyAlgorithm.RS256,
        "ES256" => KeyAlgorithm.ES256,
        "EdDSA" => KeyAlgorithm.EdDSA,
        _ => null, // none and HS256 above all: its key would be one that everybody knows
    };

    private static string? Text(JsonElement header, string name) =>
        header.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool IsSigned(SigningKey key, ReadOnlySpan<char> text, ReadOnlySpan<byte> signature)
    {
        using var span = Tracing.Source.StartActivity("jwt.verify");
        span?.SetTag("jwt.alg", key.Algorithm.ToString()).SetTag("jwt.kid", key.Kid);
        var rented = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            var length = Encoding.ASCII.GetBytes(text, rented);
            return key.Verify(rented.AsSpan(0, length), signature);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static string WriteHeader(SigningKey key, string? typ)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, TokenJson.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteString("alg"u8, key.Algorithm.ToString());
            if (typ is not null) json.WriteString("typ"u8, typ);
            json.WriteString("kid"u8, key.Kid);
            json.WriteEndObject();
        }

        return Base64Url.EncodeToString(buffer.WrittenSpan);
    }
}
