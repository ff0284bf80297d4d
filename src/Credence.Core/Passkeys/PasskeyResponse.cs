using System.Buffers.Text;
using System.Text.Json;

namespace Credence.Passkeys;

/// <summary>What a browser sends of a ceremony that made a credential (WebAuthn 5.1, <c>RegistrationResponseJSON</c>).</summary>
/// <param name="CredentialId">The credential's id, base64url.</param>
/// <param name="ClientData">What the browser says, JSON.</param>
/// <param name="AttestationObject">What the authenticator says, CBOR.</param>
/// <param name="Transports">How the browser reaches it.</param>
public sealed record EnrolmentResponse(
    string CredentialId, ReadOnlyMemory<byte> ClientData, ReadOnlyMemory<byte> AttestationObject, IReadOnlyList<string> Transports)
{
    private const int MostTransports = 8;
    private const int LongestTransport = 32;

    /// <summary>Reads it.</summary>
    public static Result<EnrolmentResponse> Read(JsonElement json)
    {
        if (!ResponseJson.TryRead(json, out var id, out var response)) return PasskeyFailures.Malformed("response");
        if (ResponseJson.Bytes(response, "clientDataJSON") is not { } clientData) return PasskeyFailures.Malformed("response.clientDataJSON");
        if (ResponseJson.Bytes(response, "attestationObject") is not { } attestation) return PasskeyFailures.Malformed("response.attestationObject");
        return new EnrolmentResponse(id, clientData, attestation, TransportsOf(response));
    }

    /// <summary>A hint, of which what looks like none is left out: browsers may come to know other words than today's.</summary>
    private static List<string> TransportsOf(JsonElement response)
    {
        if (!response.TryGetProperty("transports", out var list) || list.ValueKind != JsonValueKind.Array) return [];
        return [.. list.EnumerateArray()
            .Where(item => item.ValueKind == JsonValueKind.String)
            .Select(item => item.GetString()!)
            .Where(word => word.Length is > 0 and <= LongestTransport && word.All(letter => char.IsAsciiLetterLower(letter) || letter == '-'))
            .Distinct(StringComparer.Ordinal)
            .Take(MostTransports)];
    }
}

/// <summary>What a browser sends of a ceremony that used a credential (WebAuthn 5.1, <c>AuthenticationResponseJSON</c>).</summary>
/// <param name="CredentialId">The credential's id, base64url.</param>
/// <param name="ClientData">What the browser says, JSON.</param>
/// <param name="AuthenticatorData">What the authenticator says.</param>
/// <param name="Signature">Its signature over both.</param>
/// <param name="UserHandle">Whose it says the credential is, base64url; null when it does not say.</param>
public sealed record AssertionResponse(
    string CredentialId, ReadOnlyMemory<byte> ClientData, ReadOnlyMemory<byte> AuthenticatorData, ReadOnlyMemory<byte> Signature, string? UserHandle)
{
    /// <summary>Reads it.</summary>
    public static Result<AssertionResponse> Read(JsonElement json)
    {
        if (!ResponseJson.TryRead(json, out var id, out var response)) return PasskeyFailures.Malformed("response");
        if (ResponseJson.Bytes(response, "clientDataJSON") is not { } clientData) return PasskeyFailures.Malformed("response.clientDataJSON");
        if (ResponseJson.Bytes(response, "authenticatorData") is not { } data) return PasskeyFailures.Malformed("response.authenticatorData");
        if (ResponseJson.Bytes(response, "signature") is not { } signature) return PasskeyFailures.Malformed("response.signature");
        var says = response.TryGetProperty("userHandle", out var handle) && handle.ValueKind != JsonValueKind.Null;
        var user = says ? ResponseJson.Bytes(response, "userHandle") : null;
        if (says && user is null) return PasskeyFailures.Malformed("response.userHandle");
        return new AssertionResponse(id, clientData, data, signature, user is { Length: > 0 } ? Base64Url.EncodeToString(user) : null);
    }
}

/// <summary>What both have in common.</summary>
internal static class ResponseJson
{
    private const int LongestId = 1364; // 1023 bytes as base64url

    /// <summary>Reads the credential's id, and finds the part that differs.</summary>
    public static bool TryRead(JsonElement json, out string id, out JsonElement response)
    {
        (id, response) = ("", default);
        if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty("response", out response) || response.ValueKind != JsonValueKind.Object) return false;
        if (!json.TryGetProperty("type", out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("public-key")) return false;
        if (Bytes(json, "id") is not { Length: > 0 } bytes || Bytes(json, "rawId") is not { } raw) return false;
        id = Base64Url.EncodeToString(bytes);
        return id.Length <= LongestId && id == Base64Url.EncodeToString(raw);
    }

    /// <summary>A member that is base64url; null when it is not.</summary>
    public static byte[]? Bytes(JsonElement json, string name)
    {
        if (!json.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String) return null;
        try
        {
            return Base64Url.DecodeFromChars(value.GetString());
        }
        catch (Exception error) when (error is FormatException or InvalidOperationException)
        {
            return null; // not base64url, or half a surrogate pair written as an escape
        }
    }
}
