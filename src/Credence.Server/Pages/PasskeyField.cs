using System.Text.Json;
using Credence.Passkeys;

namespace Credence.Server.Pages;

/// <summary>What a page's script puts into a form: <c>{challengeId, response}</c>, as the grants door takes it.</summary>
/// <param name="Challenge">What was asked.</param>
/// <param name="Response">The answer of a passkey.</param>
internal sealed record PasskeyField(Id<PasskeyChallenge> Challenge, AssertionResponse Response)
{
    /// <summary>Reads the use of a passkey; null when it is none.</summary>
    public static PasskeyField? Read(string? text) =>
        Find(text, AssertionResponse.Read) is { } found ? new PasskeyField(found.Challenge, found.Response) : null;

    /// <summary>Reads a new passkey; null when it is none.</summary>
    public static (Id<PasskeyChallenge> Challenge, EnrolmentResponse Response)? ReadNew(string? text) => Find(text, EnrolmentResponse.Read);

    private static (Id<PasskeyChallenge> Challenge, TResponse Response)? Find<TResponse>(string? text, Func<JsonElement, Result<TResponse>> read)
    {
        try
        {
            using var parsed = JsonDocument.Parse(text ?? "");
            var root = parsed.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("challengeId", out var id) || !root.TryGetProperty("response", out var response)) return null;
            if (id.ValueKind != JsonValueKind.String || !Id<PasskeyChallenge>.TryParse(id.GetString(), out var challenge)) return null;
            var result = read(response);
            return result.Succeeded ? (challenge, result.Value) : null;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or half a surrogate pair written as an escape
        }
    }
}
