using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Credence.Server.Hosting.Logging;

/// <summary>One JSON object a line: <c>level</c>, <c>time</c>, <c>reqId</c>, <c>msg</c>, then the fields (contract operations O35).</summary>
internal sealed class JsonFormat : LineFormat
{
    private static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // no browser reads this; control characters and quotes are still escaped
        SkipValidation = true,
    };

    /// <inheritdoc/>
    public override void Write(LogLine line, IBufferWriter<byte> to)
    {
        using (var json = new Utf8JsonWriter(to, Options))
        {
            json.WriteStartObject();
            json.WriteString("level", line.LevelWord);
            json.WriteNumber("time", line.At.ToUnixTimeMilliseconds());
            if (line.IsEvent) json.WriteString("timestamp", line.At.Iso());
            if (line.RequestId is { } id)
            {
                json.WriteString("reqId", id);
                if (line.IsEvent) json.WriteString("requestId", id);
            }

            json.WriteString("msg", line.Message);
            foreach (var (name, value) in line.NamedFields()) WriteField(json, name, value!);
            if (line.Error is { } error) WriteError(json, error);
            json.WriteEndObject();
        }

        to.Write("\n"u8);
    }

    private static void WriteField(Utf8JsonWriter json, string name, object value)
    {
        json.WritePropertyName(name);
        switch (value)
        {
            case string text: json.WriteStringValue(text); break;
            case bool flag: json.WriteBooleanValue(flag); break;
            case int number: json.WriteNumberValue(number); break;
            case long number: json.WriteNumberValue(number); break;
            case double number when double.IsFinite(number): json.WriteNumberValue(number); break;
            case IEnumerable<string> texts:
                json.WriteStartArray();
                foreach (var text in texts) json.WriteStringValue(text);
                json.WriteEndArray();
                break;
            default: json.WriteStringValue(value.ToString()); break;
        }
    }

    private static void WriteError(Utf8JsonWriter json, Exception error)
    {
        json.WriteStartObject("err");
        json.WriteString("type", error.GetType().FullName);
        json.WriteString("message", error.Message);
        json.WriteString("stack", error.ToString());
        json.WriteEndObject();
    }
}
