using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Credence.Storage;

namespace Credence.Events;

/// <summary>An event that others are told of.</summary>
public sealed class Event : IIdentified
{
    /// <inheritdoc/>
    public static string IdPrefix => "evt_";
}

/// <summary>Events are written in the transaction of the change they tell of, and sent from there (design D8).</summary>
public static class Outbox
{
    /// <summary>How long an event is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes an event of <paramref name="type"/> (contract grantex-core 8: <c>grant.created</c>, …) whose <c>data</c> object <paramref name="write"/> fills.</summary>
    public static Task AddAsync(DbTx tx, string organization, string type, Action<Utf8JsonWriter> write, DateTimeOffset now, CancellationToken ct)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return tx.LaterAsync(
            $"""
            insert into events (id, organization_id, type, data, created_ms)
            values ({Id<Event>.New(now)}, {organization}, {type}, {Encoding.UTF8.GetString(buffer.WrittenSpan)}, {now})
            """,
            ct);
    }

    /// <summary>Deletes events older than <see cref="Kept"/>.</summary>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from events where created_ms < {now - Kept}", ct);
}
