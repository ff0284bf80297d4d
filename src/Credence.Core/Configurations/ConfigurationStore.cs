using Credence.Storage;

namespace Credence.Configurations;

/// <summary>Configurations in the database. Those with an owner are an operator's own and no route's.</summary>
public static class ConfigurationStore
{
    /// <summary>A commit of this topic changed a configuration.</summary>
    internal const string Topic = "configurations";

    /// <summary>Everything that was set for everybody.</summary>
    public static Task<List<Configuration>> ListAsync(DbSession db, CancellationToken ct) =>
        db.ListAsync($"select {Configuration.Columns} from configurations where owner_id = '' order by group_name, code", Configuration.Read, ct);

    /// <summary>The one under this name, made where there is none: until <paramref name="tx"/> ends, nobody else changes it.</summary>
    internal static async Task<Configuration> HoldAsync(DbTx tx, string group, string code, string by, DateTimeOffset now, CancellationToken ct)
    {
        var found = await tx.FirstAsync(
            $"""
            insert into configurations (id, group_name, code, owner_id, value, created_ms, created_by, modified_ms, modified_by)
            values ({Id<Configuration>.New(now)}, {group}, {code}, '', 'null', {now}, {by}, {now}, {by})
            on conflict (group_name, code, owner_id) do update set code = excluded.code
            returning {Configuration.Columns}
            """,
            Configuration.Read, ct);
        return found!;
    }

    /// <summary>Sets value and credential of one that is held.</summary>
    internal static Task SaveAsync(DbTx tx, Configuration changed, string by, DateTimeOffset now, CancellationToken ct)
    {
        tx.Tells(Topic);
        return tx.LaterAsync(
            $"""
            update configurations set value = {changed.Value}, credential = {changed.SealedCredential}, modified_ms = {now}, modified_by = {by}
            where id = {changed.Id}
            """,
            ct);
    }

    /// <summary>Those that have a credential, whoever owns them, behind an id.</summary>
    internal static Task<List<Configuration>> AfterAsync(DbSession db, string after, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select {Configuration.Columns} from configurations where id > {after} and credential is not null order by id limit {most}", Configuration.Read, ct);

    /// <summary>Puts a credential in the place of the one it was made of, unless that was changed meanwhile.</summary>
    /// <returns>Whether it was still there.</returns>
    internal static async Task<bool> ReencryptAsync(DbTx tx, Configuration configuration, string renewed, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"update configurations set credential = {renewed} where id = {configuration.Id} and credential = {configuration.SealedCredential}", ct) == 1;
}
