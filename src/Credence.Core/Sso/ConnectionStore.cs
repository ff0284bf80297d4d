using System.Text.Json;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>Connections in the database.</summary>
public static class ConnectionStore
{
    /// <summary>How many an organization may have.</summary>
    internal const int Most = 100;

    /// <summary>An organization's connections, oldest first.</summary>
    public static Task<List<Connection>> ListAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.ListAsync($"select {Connection.Columns} from sso_connections where organization_id = {organization} order by created_ms, id", Connection.Read, ct);

    /// <summary>An organization's connection, or null.</summary>
    public static Task<Connection?> FindAsync(DbSession db, Id<Organization> organization, Id<Connection> id, CancellationToken ct) =>
        db.FirstAsync($"select {Connection.Columns} from sso_connections where id = {id} and organization_id = {organization}", Connection.Read, ct);

    /// <summary>The same, and nobody else changes it or signs on with it until <paramref name="tx"/> ends.</summary>
    internal static Task<Connection?> HoldAsync(DbTx tx, Id<Organization> organization, Id<Connection> id, CancellationToken ct) =>
        tx.FirstAsync(
            $"update sso_connections set name = name where id = {id} and organization_id = {organization} returning {Connection.Columns}", Connection.Read, ct);

    /// <summary>Whether people can sign on with it; until <paramref name="tx"/> ends, nobody switches it off.</summary>
    internal static async Task<bool> StaysActiveAsync(DbTx tx, Id<Connection> id, CancellationToken ct) =>
        (await tx.ListAsync($"select id from sso_connections where id = {id} and status = {ConnectionStatus.Active} {tx.ForShare}", row => row.Text("id"), ct)).Count == 1;

    /// <summary>The connection with which an organization's people sign on now, if it is not suspended: the oldest active one that has the domain, or the oldest.</summary>
    internal static async Task<Connection?> ChooseAsync(DbSession db, Id<Organization> organization, string? domain, CancellationToken ct)
    {
        var active = (await ActiveAsync(db, organization, ct)).ToList();
        var named = domain is null ? null : active.Find(connection => connection.Rules.Domains.Contains(domain.ToLowerInvariant(), StringComparer.Ordinal));
        return named ?? active.FirstOrDefault();
    }

    /// <summary>An organization's connection with which people can sign on now, or null.</summary>
    internal static async Task<Connection?> FindActiveAsync(DbSession db, Id<Organization> organization, Id<Connection> id, CancellationToken ct) =>
        (await ActiveAsync(db, organization, ct)).Find(connection => connection.Id == id);

    /// <summary>Adds one.</summary>
    internal static Task AddAsync(DbTx tx, Connection made, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            insert into sso_connections (id, organization_id, name, protocol, status, settings, secret, domains, jit_provisioning, enforce, group_attribute,
                group_mappings, default_scopes, created_ms, updated_ms)
            values ({made.Id}, {made.Organization}, {made.Rules.Name}, {made.Protocol}, {made.Rules.Status}, {Json(made.Settings)}, {made.SealedSecret},
                {made.Rules.Domains}, {made.Rules.Provisions}, {made.Rules.Enforce}, {made.Rules.Mapping.GroupAttribute}, {Json(made.Rules.Mapping.Groups)},
                {made.Rules.Mapping.Defaults}, {made.CreatedAt}, {made.UpdatedAt})
            """,
            ct);

    /// <summary>Writes what may change about one.</summary>
    internal static Task SaveAsync(DbTx tx, Connection saved, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update sso_connections set name = {saved.Rules.Name}, status = {saved.Rules.Status}, settings = {Json(saved.Settings)}, secret = {saved.SealedSecret},
                domains = {saved.Rules.Domains}, jit_provisioning = {saved.Rules.Provisions}, enforce = {saved.Rules.Enforce},
                group_attribute = {saved.Rules.Mapping.GroupAttribute}, group_mappings = {Json(saved.Rules.Mapping.Groups)},
                default_scopes = {saved.Rules.Mapping.Defaults}, updated_ms = {saved.UpdatedAt}
            where id = {saved.Id}
            """,
            ct);

    /// <summary>Deletes one, and with it the records of who signed on with it.</summary>
    internal static Task DeleteAsync(DbTx tx, Id<Connection> id, CancellationToken ct) => tx.LaterAsync($"delete from sso_connections where id = {id}", ct);

    /// <summary>After a change: whether the organization now demands a sign-on for consent.</summary>
    internal static Task SettleEnforcementAsync(DbTx tx, Id<Organization> organization, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update organizations set sso_enforced = exists (
                select 1 from sso_connections where organization_id = {organization} and status = {ConnectionStatus.Active} and enforce = {true})
            where id = {organization}
            """,
            ct);

    /// <summary>Connections that have a secret, a part at a time, for whoever renews them.</summary>
    internal static Task<List<Connection>> AfterAsync(DbSession db, string id, int most, CancellationToken ct) =>
        db.ListAsync($"select {Connection.Columns} from sso_connections where id > {id} and secret is not null order by id limit {most}", Connection.Read, ct);

    /// <summary>Replaces an encrypted secret by the same under the current key, if it has not changed meanwhile.</summary>
    internal static Task RenewAsync(DbTx tx, Connection connection, string renewed, CancellationToken ct) =>
        tx.LaterAsync($"update sso_connections set secret = {renewed} where id = {connection.Id} and secret = {connection.SealedSecret}", ct);

    private static Task<List<Connection>> ActiveAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.ListAsync(
            $"""
            select {Connection.Columns.From('c')} from sso_connections c join organizations o on o.id = c.organization_id
            where c.organization_id = {organization} and c.status = {ConnectionStatus.Active} and o.suspended_ms is null
            order by c.created_ms, c.id
            """,
            Connection.Read, ct);

    private static string Json(IReadOnlyDictionary<string, string> settings) =>
        JsonSerializer.Serialize(new Dictionary<string, string>(settings), SsoJson.Default.DictionaryStringString);

    private static string Json(IReadOnlyDictionary<string, string[]> groups) =>
        JsonSerializer.Serialize(new Dictionary<string, string[]>(groups), SsoJson.Default.DictionaryStringStringArray);
}
