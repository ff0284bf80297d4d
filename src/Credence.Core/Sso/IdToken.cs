using System.Text.Json;
using Credence.Tokens;

namespace Credence.Sso;

/// <summary>Checks an ID token (OpenID Connect Core 3.1.3.7): signature, issuer, audience, times, nonce.</summary>
internal static class IdToken
{
    /// <summary>What it must say.</summary>
    /// <param name="Issuer">Whose it is.</param>
    /// <param name="Client">For whom.</param>
    /// <param name="Nonce">For which login.</param>
    internal sealed record Expected(string Issuer, string Client, string Nonce);

    private const int LongestSubject = 255; // Core 2

    /// <returns>Its claims; or what is wrong with it.</returns>
    public static async Task<Result<JsonElement>> CheckAsync(Provider provider, string token, Expected expected, DateTimeOffset now, CancellationToken ct)
    {
        var keys = await provider.KeysAsync(ct);
        if (!keys.Succeeded) return keys.Failure;
        var signature = Jws.VerifyForeign(token, keys.Value.Find);
        if (signature.Refusal == JwsRefusal.UnknownKid && await provider.KeysAfterMissAsync(keys.Value, ct) is { } again) // the provider may have new keys
        {
            if (!again.Succeeded) return again.Failure;
            signature = Jws.VerifyForeign(token, again.Value.Find);
        }

        if (!signature.Succeeded) return Bad(Storage.Words.Of(signature.Refusal));
        if (Claims.Parse(signature.Payload) is not { } claims) return Bad("malformed");
        return Problem(claims, expected, now) is { } problem ? Bad(problem) : claims;
    }

    private static string? Problem(JsonElement claims, Expected expected, DateTimeOffset now)
    {
        if (Claims.Text(claims, "iss") != expected.Issuer) return "wrong issuer";
        var audience = Claims.Texts(claims, "aud");
        if (!audience.Contains(expected.Client, StringComparer.Ordinal)) return "wrong audience";
        var party = Claims.Text(claims, "azp");
        if (party is null ? audience.Count > 1 : party != expected.Client) return "wrong authorized party";
        if (Claims.Time(claims, "exp") is not { } expires || expires <= now - SsoOptions.Slack) return "expired";
        if (Claims.Time(claims, "iat") is not { } issued || issued > now + SsoOptions.Slack) return "issued in the future";
        if (claims.TryGetProperty("nbf", out _) && !(Claims.Time(claims, "nbf") <= now + SsoOptions.Slack)) return "not valid yet";
        if (Claims.Text(claims, "nonce") != expected.Nonce) return "wrong nonce";
        return Claims.Text(claims, "sub") is { Length: <= LongestSubject } ? null : "no subject";
    }

    private static Failure Bad(string why) => SsoFailures.Provider($"The identity provider's ID token is not accepted: {why}");
}
