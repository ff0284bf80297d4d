using System.Text.Json;

namespace Credence;

/// <summary>What <see cref="Utf8JsonWriter"/> lacks.</summary>
public static class JsonTexts
{
    /// <summary>Writes an array of texts as the member <paramref name="name"/>.</summary>
    public static void WriteTexts(this Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
