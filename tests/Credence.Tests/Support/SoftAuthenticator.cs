using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Passkeys;

namespace Credence.Tests.Support;

/// <summary>An authenticator with one P-256 key, written from WebAuthn Level 3 alone.</summary>
internal sealed class SoftAuthenticator : IDisposable
{
    public const string RelyingPartyId = "example.test";
    public const string Origin = "https://example.test";

    private static readonly string[] Transports = ["internal"];

    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly byte[] _id = RandomNumberGenerator.GetBytes(16);
    private uint _count;
    private string? _handle;

    /// <summary>The answer to creation options, as a browser sends it.</summary>
    public string Create(string options)
    {
        using var parsed = JsonDocument.Parse(options);
        _handle = parsed.RootElement.TryGetProperty("user", out var user) ? user.GetProperty("id").GetString() : null;
        return Json(new
        {
            clientDataJSON = Text(ClientData("webauthn.create", options)),
            attestationObject = Text([0xa3, .. Word("fmt"), .. Word("none"), .. Word("attStmt"), 0xa0, .. Word("authData"), 0x58, (byte)New().Length, .. New()]),
            transports = Transports,
        });
    }

    /// <summary>The answer to request options; <paramref name="count"/> in place of the counter's next, and <paramref name="handle"/> to say whose it is.</summary>
    public string Get(string options, uint? count = null, bool handle = false)
    {
        _count = count ?? _count + 1;
        var (clientData, data) = (ClientData("webauthn.get", options), Head(0x05));
        var signature = _key.SignData([.. data, .. SHA256.HashData(clientData)], HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return Json(new { clientDataJSON = Text(clientData), authenticatorData = Text(data), signature = Text(signature), userHandle = handle ? _handle : null });
    }

    public EnrolmentResponse Made(CeremonyOptions options) => EnrolmentResponse.Read(JsonDocument.Parse(Create(options.Json)).RootElement).Value;

    public AssertionResponse Used(CeremonyOptions options, uint? count = null, bool handle = false) =>
        AssertionResponse.Read(JsonDocument.Parse(Get(options.Json, count, handle)).RootElement).Value;

    public void Dispose() => _key.Dispose();

    private static byte[] ClientData(string type, string options)
    {
        using var parsed = JsonDocument.Parse(options);
        return Encoding.UTF8.GetBytes($$"""{"type":"{{type}}","challenge":"{{parsed.RootElement.GetProperty("challenge").GetString()}}","origin":"{{Origin}}","crossOrigin":false}""");
    }

    private byte[] Head(byte flags)
    {
        var count = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, _count);
        return [.. SHA256.HashData(Encoding.UTF8.GetBytes(RelyingPartyId)), flags, .. count];
    }

    private byte[] New()
    {
        var point = _key.ExportParameters(includePrivateParameters: false).Q;
        byte[] cose = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20, .. point.X!, 0x22, 0x58, 0x20, .. point.Y!];
        return [.. Head(0x45), .. new byte[16], 0, (byte)_id.Length, .. _id, .. cose];
    }

    private string Json(object response) => JsonSerializer.Serialize(new { id = Text(_id), rawId = Text(_id), type = "public-key", response });

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);

    private static byte[] Word(string word) => [(byte)(0x60 + word.Length), .. Encoding.ASCII.GetBytes(word)];
}
