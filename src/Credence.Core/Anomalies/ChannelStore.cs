using Credence.Organizations;
using Credence.Storage;

namespace Credence.Anomalies;

/// <summary>Channels in the database.</summary>
public static class ChannelStore
{
    /// <summary>An organization's channels, newest first.</summary>
    public static Task<List<Channel>> ListAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.ListAsync($"select {Channel.Columns} from anomaly_channels where organization_id = {organization} order by created_ms desc, id desc", Channel.Read, ct);

    /// <summary>The channels of these organizations.</summary>
    internal static Task<List<Channel>> OfAsync(DbSession db, IEnumerable<Id<Organization>> organizations, CancellationToken ct) =>
        db.ListAsync($"select {Channel.Columns} from anomaly_channels where organization_id in {Sql.List(organizations)}", Channel.Read, ct);

    internal static Task<Channel?> FindAsync(DbSession db, Id<Channel> id, CancellationToken ct) =>
        db.FirstAsync($"select {Channel.Columns} from anomaly_channels where id = {id}", Channel.Read, ct);

    /// <summary>The next channels of any organization behind an id, in the order of ids.</summary>
    internal static Task<List<Channel>> AfterAsync(DbSession db, string after, int most, CancellationToken ct) =>
        db.ListAsync($"select {Channel.Columns} from anomaly_channels where id > {after} order by id limit {most}", Channel.Read, ct);

    /// <summary>Puts the same target under another key in its place, unless it changed meanwhile.</summary>
    internal static Task RenewAsync(DbTx tx, Channel channel, string renewed, CancellationToken ct) =>
        tx.ExecuteAsync($"update anomaly_channels set target = {renewed} where id = {channel.Id} and target = {channel.SealedTarget}", ct);

    internal static Task<long> CountAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from anomaly_channels where organization_id = {organization}", ct);

    internal static Task AddAsync(DbTx tx, Channel channel, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            insert into anomaly_channels (id, organization_id, type, name, target, severities, enabled, created_ms)
            values ({channel.Id}, {channel.Organization}, {channel.Type}, {channel.Name}, {channel.SealedTarget}, {channel.Severities},
                {channel.Enabled}, {channel.CreatedAt})
            """,
            ct);

    internal static async Task<bool> DeleteAsync(DbTx tx, Id<Organization> organization, Id<Channel> id, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from anomaly_channels where id = {id} and organization_id = {organization}", ct) == 1;
}
