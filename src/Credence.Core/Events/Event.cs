using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Credence.Storage;

namespace Credence.Events;

/// <summary>Something that happened, as others are told of it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Organization">Whose event it is.</param>
/// <param name="Type">What happened: <c>grant.created</c>.</param>
/// <param name="Data">The <c>data</c> object, as JSON text.</param>
/// <param name="CreatedAt">When it happened.</param>
/// <param name="Position">Its place among all events, without gaps.</param>
public sealed record Event(Id<Event> Id, string Organization, string Type, string Data, DateTimeOffset CreatedAt, long Position) : IIdentified
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <inheritdoc/>
    public static string IdPrefix => "evt_";

    /// <summary>The text that webhooks and streams send (contract grantex-core 8, 9): <c>{"id","type","createdAt","data"}</c>.</summary>
    public string Envelope() => Object(json =>
    {
        json.WriteString("id", Id.ToString());
        json.WriteString("type", Type);
        json.WriteString("createdAt", CreatedAt.Iso());
        json.WritePropertyName("data");
        json.WriteRawValue(Data, skipInputValidation: true); // this server wrote it
    });

    internal static string Object(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            write(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>In whose words it is told.</summary>
    public EventDoor Door { get; init; }

    /// <summary>The trace of the change it tells of, as W3C <c>traceparent</c>; null for none.</summary>
    public string? TraceParent { get; init; }

    internal static Sql Columns { get; } = Sql.Of($"id, organization_id, type, data, created_ms, position, door, traceparent");

    internal static Event Read(Row row) => new(
        row.Id<Event>("id"), row.Text("organization_id"), row.Text("type"), row.Text("data"), row.Time("created_ms"), row.Long("position"))
    {
        Door = row.Word<EventDoor>("door"),
        TraceParent = row.TextOrNull("traceparent"),
    };
}

/// <summary>In which door's words an event is told: the same type has other data elsewhere.</summary>
public enum EventDoor
{
    /// <summary>Contract grantex-core 8.</summary>
    Grants,

    /// <summary>Contract agent-idp B.1, B.13.</summary>
    Agents,
}
