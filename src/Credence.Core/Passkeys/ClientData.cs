using System.Buffers.Text;
using System.Text.Json;

namespace Credence.Passkeys;

/// <summary>What the browser says of the ceremony, which the authenticator signs with everything else (WebAuthn 5.8.1).</summary>
internal static class ClientData
{
    /// <summary>The type of a ceremony that made a credential.</summary>
    public const string Create = "webauthn.create";

    /// <summary>The type of a ceremony that used one.</summary>
    public const string Get = "webauthn.get";

    private static readonly JsonDocumentOptions EachMemberOnce = new() { AllowDuplicateProperties = false };

    /// <returns>Why this is not the answer to <paramref name="challenge"/> on one of our own pages; null when it is.</returns>
    public static Failure? Check(ReadOnlyMemory<byte> json, string type, ReadOnlySpan<byte> challenge, PasskeyOptions options)
    {
        try
        {
            using var parsed = JsonDocument.Parse(json, EachMemberOnce);
            var data = parsed.RootElement;
            if (!data.GetProperty("type").ValueEquals(type)) return PasskeyFailures.OtherCeremony;
            if (!data.GetProperty("challenge").ValueEquals(Base64Url.EncodeToString(challenge))) return PasskeyFailures.OtherChallenge;
            var origin = data.GetProperty("origin").GetString();
            if (!options.Origins.Contains(origin, StringComparer.Ordinal)) return PasskeyFailures.OtherOrigin;
            var isFramed = data.TryGetProperty("crossOrigin", out var cross) && cross.ValueKind != JsonValueKind.False;
            return isFramed || data.TryGetProperty("topOrigin", out _) ? PasskeyFailures.InsideAnotherSite : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return PasskeyFailures.Malformed("clientDataJSON");
        }
    }
}
