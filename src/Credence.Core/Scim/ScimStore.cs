using System.Text.Json.Nodes;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Scim;

/// <summary>Users and groups of directories in the database.</summary>
public static class ScimStore
{
    /// <summary>An organization's user or group, or null.</summary>
    public static Task<ScimResource?> FindAsync(DbSession db, ScimKind kind, Id<Organization> organization, string id, CancellationToken ct) =>
        db.FirstAsync($"select {ScimResource.Columns} from scim_resources where id = {id} and {Of(organization, kind)}", ScimResource.Read, ct);

    /// <summary>An organization's user whom another system knows by this name, or null.</summary>
    internal static Task<ScimResource?> FindByExternalIdAsync(DbSession db, Id<Organization> organization, string externalId, CancellationToken ct) =>
        db.FirstAsync(
            $"select {ScimResource.Columns} from scim_resources where external_id = {externalId} and {Of(organization, ScimKind.User)}", ScimResource.Read, ct);

    /// <summary>One as <see cref="FindAsync"/> finds it, and nobody else changes it until <paramref name="tx"/> ends.</summary>
    internal static Task<ScimResource?> HoldAsync(DbTx tx, ScimKind kind, Id<Organization> organization, string id, CancellationToken ct) =>
        tx.FirstAsync(
            $"update scim_resources set version = version where id = {id} and {Of(organization, kind)} returning {ScimResource.Columns}", ScimResource.Read, ct);

    /// <summary>The id of the latest there is, or null. Whoever asks holds the organization's row, so that none is added behind it meanwhile.</summary>
    internal static Task<string?> LastIdAsync(DbTx tx, ScimKind kind, Id<Organization> organization, CancellationToken ct) =>
        tx.FirstAsync($"select id from scim_resources where {Of(organization, kind)} order by id desc limit 1", row => row.Text("id"), ct);

    /// <summary>Adds one.</summary>
    /// <returns>False when another has its name or its externalId.</returns>
    internal static async Task<bool> AddAsync(DbTx tx, ScimResource added, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into scim_resources (id, organization_id, kind, name_key, external_id, active, body, version, created_ms, updated_ms)
            values ({added.Id}, {added.Organization}, {added.Word}, {added.NameKey}, {added.ExternalId}, {added.IsActive}, {added.Body()}, {added.Version},
                {added.CreatedAt}, {added.UpdatedAt})
            on conflict do nothing
            """,
            ct) == 1;

    /// <summary>Writes what may change about one.</summary>
    internal static Task SaveAsync(DbTx tx, ScimResource saved, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            update scim_resources set name_key = {saved.NameKey}, external_id = {saved.ExternalId}, active = {saved.IsActive}, body = {saved.Body()},
                version = {saved.Version}, updated_ms = {saved.UpdatedAt}
            where id = {saved.Id}
            """,
            ct);

    /// <summary>Whether another of its kind has its name or its externalId.</summary>
    internal static async Task<bool> IsTakenAsync(DbTx tx, ScimResource one, CancellationToken ct) =>
        await tx.NumberAsync(
            $"""
            select count(*) as n from scim_resources
            where {Of(one.Organization, one.Kind)} and id <> {one.Id} and (name_key = {one.NameKey} or external_id = {one.ExternalId})
            """,
            ct) > 0;

    /// <summary>Deletes one.</summary>
    internal static Task DeleteAsync(DbTx tx, string id, CancellationToken ct) => tx.LaterAsync($"delete from scim_resources where id = {id}", ct);

    /// <summary>Writes the addresses by which a user is found.</summary>
    internal static async Task SaveEmailsAsync(DbTx tx, ScimResource user, CancellationToken ct)
    {
        await tx.LaterAsync($"delete from scim_emails where user_id = {user.Id}", ct);
        var values = (user.Attributes["emails"] as JsonArray)?.OfType<JsonObject>().Select(email => email["value"]?.GetValue<string>().ToLowerInvariant()).OfType<string>();
        foreach (var value in (values ?? []).Where(value => value.Length <= Longest).Distinct(StringComparer.Ordinal))
        {
            await tx.LaterAsync($"insert into scim_emails (user_id, organization_id, value_key) values ({user.Id}, {user.Organization}, {value})", ct);
        }
    }

    /// <summary>How many satisfy a condition.</summary>
    internal static Task<long> CountAsync(DbSession db, ScimKind kind, Id<Organization> organization, Sql condition, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from scim_resources where {Of(organization, kind)} and {condition}", ct);

    /// <summary>A part of those that satisfy a condition, in an order.</summary>
    internal static Task<List<ScimResource>> PartAsync(
        DbSession db, ScimKind kind, Id<Organization> organization, Sql condition, Sql order, long skip, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select {ScimResource.Columns} from scim_resources where {Of(organization, kind)} and {condition} order by {order} limit {most} offset {skip}",
            ScimResource.Read, ct);

    /// <summary>Those of some ids.</summary>
    internal static Task<List<ScimResource>> EachAsync(DbSession db, ScimKind kind, Id<Organization> organization, IEnumerable<string> ids, CancellationToken ct) =>
        db.ListAsync($"select {ScimResource.Columns} from scim_resources where {Of(organization, kind)} and id in {Sql.List(ids)}", ScimResource.Read, ct);

    /// <summary>An address longer than this is none, and an index has no room for it.</summary>
    private const int Longest = 500;

    private static Sql Of(Id<Organization> organization, ScimKind kind)
    {
        Sql condition = $"organization_id = {organization} and kind = {ScimResource.WordOf(kind)}";
        return condition;
    }
}
