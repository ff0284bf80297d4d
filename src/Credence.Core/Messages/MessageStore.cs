using Credence.Storage;

namespace Credence.Messages;

/// <summary>The queue in the database. What is in it is still to be sent.</summary>
internal static class MessageStore
{
    public static Task AddAsync(DbTx tx, StoredMessage message, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into messages (id, channel, template, body, attempts, due_ms, created_ms)
            values ({message.Id}, {message.Channel}, {message.Template}, {message.SealedBody}, 0, {now}, {now})
            """,
            ct);

    /// <summary>When the next one of a channel is due, or its lease over; null when none waits. Asked before a transaction begins, which on SQLite would hold up writers.</summary>
    public static async Task<DateTimeOffset?> NextDueAsync(DbSession db, MessageChannel channel, CancellationToken ct)
    {
        var due = await db.NumberAsync($"select min(due_ms) as n from messages where channel = {channel}", ct);
        return due == 0 ? null : DateTimeOffset.FromUnixTimeMilliseconds(due);
    }

    /// <summary>Takes what is due, for as long as the lease: of any number of nodes one gets each.</summary>
    public static Task<List<StoredMessage>> TakeAsync(DbTx tx, MessageChannel channel, int most, DateTimeOffset leased, DateTimeOffset now, CancellationToken ct) =>
        tx.ListAsync(
            $"""
            update messages set attempts = attempts + 1, due_ms = {leased}
            where due_ms <= {now} and id in (select id from messages where channel = {channel} and due_ms <= {now} order by due_ms, id limit {most})
            returning {StoredMessage.Columns}
            """,
            StoredMessage.Read, ct);

    /// <summary>Lets one be tried again later, unless another node has taken it over since.</summary>
    public static Task RetryAsync(DbTx tx, StoredMessage message, DateTimeOffset due, CancellationToken ct) =>
        tx.ExecuteAsync($"update messages set due_ms = {due} where id = {message.Id} and attempts = {message.Attempts}", ct);

    /// <summary>Takes one out of the queue that was sent or given up, unless another node has taken it over since.</summary>
    /// <returns>Whether it was this node's.</returns>
    public static async Task<bool> RemoveAsync(DbTx tx, StoredMessage message, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from messages where id = {message.Id} and attempts = {message.Attempts}", ct) == 1;

    /// <summary>How many of a channel wait.</summary>
    public static Task<long> CountAsync(DbSession db, MessageChannel channel, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from messages where channel = {channel}", ct);
}
