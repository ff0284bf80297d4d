using Credence.Storage;

namespace Credence.Events;

/// <summary>Events that have their position, for whoever follows them.</summary>
public static class EventStore
{
    /// <summary>The position of the last event; 0 before the first.</summary>
    public static Task<long> LastAsync(DbSession db, CancellationToken ct) => db.NumberAsync($"select value as n from heads where name = 'events'", ct);

    /// <summary>The events of all organizations behind <paramref name="position"/>, in order.</summary>
    public static Task<List<Event>> AfterAsync(DbSession db, long position, int most, CancellationToken ct) =>
        db.ListAsync($"select {Event.Columns} from events where position > {position} order by position limit {most}", Event.Read, ct);

    /// <summary>The events of one organization behind <paramref name="position"/> in the grants door's words, in order.</summary>
    public static Task<List<Event>> AfterAsync(DbSession db, string organization, long position, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select {Event.Columns} from events where organization_id = {organization} and door = 'grants' and position > {position} order by position limit {most}",
            Event.Read, ct);

    /// <summary>An organization's event, or null when there is none or it has no position yet.</summary>
    public static Task<Event?> FindAsync(DbSession db, string organization, Id<Event> id, CancellationToken ct) =>
        db.FirstAsync($"select {Event.Columns} from events where id = {id} and organization_id = {organization} and position is not null", Event.Read, ct);
}
