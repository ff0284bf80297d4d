using System.Text.Json;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Events;

/// <summary>Events are written in the transaction of the change they tell of; <see cref="DispatchEvents"/> sends them on from there (design D8).</summary>
public static class Outbox
{
    /// <summary>How long an event is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    internal const string Topic = "events";
    private const int PerSweep = 1_000;

    /// <summary>Writes an event of <paramref name="type"/> (contract grantex-core 8: <c>grant.created</c>, …) whose <c>data</c> object <paramref name="write"/> fills.</summary>
    public static Task AddAsync(DbTx tx, string organization, string type, Action<Utf8JsonWriter> write, DateTimeOffset now, CancellationToken ct) =>
        AddAsync(tx, EventDoor.Grants, organization, type, write, now, ct);

    /// <summary>The same in the words of another door, whose listeners alone are told.</summary>
    public static Task AddAsync(
        DbTx tx, EventDoor door, string organization, string type, Action<Utf8JsonWriter> write, DateTimeOffset now, CancellationToken ct)
    {
        tx.Tells(Topic);
        return tx.LaterAsync(
            $"""
            insert into events (id, organization_id, type, data, created_ms, door, traceparent)
            values ({Id<Event>.New(now)}, {organization}, {type}, {Event.Object(write)}, {now}, {door}, {Tracing.Parent})
            """,
            ct);
    }

    /// <summary>Writes an event of one type for each of many callers, in one transaction of theirs together (design D16).</summary>
    public static async Task AddAsync<T>(
        DbTx tx, EventDoor door, string type, IReadOnlyCollection<T> about, Func<T, string> organization, Func<T, string?> traceParent,
        Action<T, Utf8JsonWriter> write, DateTimeOffset now, CancellationToken ct)
    {
        tx.Tells(Topic);
        foreach (var run in ManyRows.InRuns(about.ToArray()))
        {
            var rows = ManyRows.Values(
                run, one => $"({Id<Event>.New(now)}, {organization(one)}, {type}, {Event.Object(json => write(one, json))}, {now}, {door}, {traceParent(one)})");
            await tx.LaterAsync($"insert into events (id, organization_id, type, data, created_ms, door, traceparent) {rows}", ct);
        }
    }

    /// <summary>Deletes some of the events older than <see cref="Kept"/>.</summary>
    /// <returns>How many; 0 when none is left.</returns>
    public static Task<int> SweepAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ExecuteAsync($"delete from events where id in (select id from events where created_ms < {now - Kept} limit {PerSweep})", ct);
}
