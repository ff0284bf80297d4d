using System.Text.Json;
using System.Text.Json.Serialization;

namespace Credence.Server.Doors;

/// <summary>JSON kept as text goes out letter for letter, so that what was hashed is what is shown.</summary>
internal sealed class AsWritten : JsonConverter<string>
{
    /// <inheritdoc/>
    public override string Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("answers are written, never read");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) => writer.WriteRawValue(value, skipInputValidation: true);
}
