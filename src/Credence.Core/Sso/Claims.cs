using System.Text.Json;
using Credence.Scim;

namespace Credence.Sso;

/// <summary>Reads members of what a provider says; what is of another type or cannot be stored is as if it were not there.</summary>
internal static class Claims
{
    /// <summary>A text that is not empty.</summary>
    public static string? Text(JsonElement from, string name) => from.TryGetProperty(name, out var value) && ScimText.Of(value) is { Length: > 0 } text ? text : null;

    /// <summary>The texts of a list, or the one text that stands in its place.</summary>
    public static IReadOnlyList<string> Texts(JsonElement from, string name)
    {
        if (!from.TryGetProperty(name, out var value)) return [];
        if (value.ValueKind == JsonValueKind.Array) return [.. value.EnumerateArray().Select(ScimText.Of).OfType<string>()];
        return ScimText.Of(value) is { } text ? [text] : [];
    }

    /// <summary>Seconds since 1970 (RFC 7519 2).</summary>
    public static DateTimeOffset? Time(JsonElement from, string name) =>
        from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var seconds) && seconds is >= 0 and < 1e11
            ? DateTimeOffset.FromUnixTimeMilliseconds((long)(seconds * 1000))
            : null;

    /// <summary>Parses a document in which no member comes twice.</summary>
    /// <returns>Null when it is none.</returns>
    public static JsonElement? Parse(ReadOnlyMemory<byte> json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };
}
