using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Credence.Keys;
using Credence.Tokens;

namespace Credence.Sso;

/// <summary>What a login carries through the person's browser to the callback (contract grantex-enterprise 4.2).</summary>
/// <param name="Org">Whose people.</param>
/// <param name="ConnectionId">With which connection.</param>
/// <param name="OidcRequestId">Where what the browser may not see was left.</param>
/// <param name="RedirectUri">Where the provider sends the browser, or null.</param>
/// <param name="Iat">When it was made, in seconds.</param>
/// <param name="Nonce">Makes it one of a kind.</param>
internal sealed record LoginState(string Org, string ConnectionId, string OidcRequestId, string? RedirectUri, long Iat, string Nonce);

/// <summary>What the callback needs and the browser may not see: left in the shared state, and taken once.</summary>
/// <param name="Nonce">What the ID token must say (OpenID Connect Core 3.1.2.1).</param>
/// <param name="CodeVerifier">The PKCE verifier (RFC 7636), or null where the provider has not said that it takes a challenge.</param>
internal sealed record LoginRequest(string Nonce, string? CodeVerifier)
{
    /// <summary>Under which key it is left (contract grantex 7).</summary>
    public static string Key(string id) => $"sso:oidc:req:{id}";

    /// <summary>As it was left.</summary>
    public static LoginRequest Parse(string json) => JsonSerializer.Deserialize(json, SsoJson.Default.LoginRequest)!;

    /// <summary>As it is left.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, SsoJson.Default.LoginRequest);
}

/// <summary>Signs the state of logins, and knows those it signed: <c>base64url(JSON).base64url(HMAC-SHA256)</c> (contract grantex-enterprise 4.2).</summary>
public sealed class StateSeal
{
    /// <summary>The longest state: one with an address of the most characters, each of which JSON writes as six.</summary>
    public const int Longest = 20_000;

    private readonly byte[][] _keys;

    /// <summary>The first key signs; all of them verify.</summary>
    internal StateSeal(SsoOptions options, Envelope envelope) =>
        _keys = options.StateSecret is { } secret ? [Encoding.UTF8.GetBytes(secret)] : [.. envelope.Keys.Select(Derive)];

    internal string Write(LoginState state)
    {
        var first = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(state, SsoJson.Default.LoginState));
        return $"{first}.{Base64Url.EncodeToString(Mac(_keys[0], first))}";
    }

    /// <returns>The state; null when it was not signed here, or is older or newer than it can be.</returns>
    internal LoginState? Read(string text, DateTimeOffset now)
    {
        if (text.Length > Longest || text.Split('.') is not [var first, var second] || CanonicalBase64.Decode(second) is not { } mac) return null;
        if (!Array.Exists(_keys, key => CryptographicOperations.FixedTimeEquals(Mac(key, first), mac))) return null;

        var state = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(first), SsoJson.Default.LoginState)!; // we wrote it: the signature says so
        var age = now - DateTimeOffset.FromUnixTimeSeconds(state.Iat);
        return age <= SsoOptions.LoginLife + SsoOptions.Slack && age >= -SsoOptions.Slack ? state : null;
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static byte[] Derive(EnvelopeKey key) => HKDF.DeriveKey(HashAlgorithmName.SHA256, key.Bytes, 32, info: "credence sso state, 1"u8.ToArray());
}
