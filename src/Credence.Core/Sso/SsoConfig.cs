using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>The one OpenID Connect provider of the older routes (contract grantex-enterprise 4.3).</summary>
/// <param name="Organization">Whose.</param>
/// <param name="IssuerUrl">The provider.</param>
/// <param name="ClientId">The client's id there.</param>
/// <param name="SealedSecret">The client's secret there, encrypted.</param>
/// <param name="RedirectUri">Where the provider sends browsers.</param>
/// <param name="CreatedAt">When it was first written.</param>
/// <param name="UpdatedAt">When it last changed.</param>
public sealed record SsoConfig(
    Id<Organization> Organization, string IssuerUrl, string ClientId, string SealedSecret, string RedirectUri, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt);

/// <summary>The older configurations in the database.</summary>
public static class SsoConfigStore
{
    /// <summary>An organization's, or null.</summary>
    public static Task<SsoConfig?> FindAsync(DbSession db, Id<Organization> organization, CancellationToken ct) =>
        db.FirstAsync($"select {Columns} from sso_configs where organization_id = {organization}", Read, ct);

    /// <summary>Writes one, over what was there.</summary>
    /// <returns>As it is now.</returns>
    internal static async Task<SsoConfig> SaveAsync(DbTx tx, SsoConfig saved, CancellationToken ct) =>
        (await tx.FirstAsync(
            $"""
            insert into sso_configs (organization_id, issuer_url, client_id, client_secret, redirect_uri, created_ms, updated_ms)
            values ({saved.Organization}, {saved.IssuerUrl}, {saved.ClientId}, {saved.SealedSecret}, {saved.RedirectUri}, {saved.CreatedAt}, {saved.UpdatedAt})
            on conflict (organization_id) do update set issuer_url = excluded.issuer_url, client_id = excluded.client_id,
                client_secret = excluded.client_secret, redirect_uri = excluded.redirect_uri, updated_ms = excluded.updated_ms
            returning {Columns}
            """,
            Read, ct))!;

    /// <summary>Deletes one.</summary>
    /// <returns>False when there is none.</returns>
    internal static async Task<bool> DeleteAsync(DbTx tx, Id<Organization> organization, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from sso_configs where organization_id = {organization}", ct) == 1;

    /// <summary>Some, in the order of their organizations, for whoever renews their secrets.</summary>
    internal static Task<List<SsoConfig>> AfterAsync(DbSession db, string organization, int most, CancellationToken ct) =>
        db.ListAsync($"select {Columns} from sso_configs where organization_id > {organization} order by organization_id limit {most}", Read, ct);

    /// <summary>Replaces an encrypted secret by the same under the current key, if it has not changed meanwhile.</summary>
    internal static Task RenewAsync(DbTx tx, SsoConfig config, string renewed, CancellationToken ct) =>
        tx.LaterAsync(
            $"update sso_configs set client_secret = {renewed} where organization_id = {config.Organization} and client_secret = {config.SealedSecret}", ct);

    private static Sql Columns { get; } = Sql.Of($"organization_id, issuer_url, client_id, client_secret, redirect_uri, created_ms, updated_ms");

    private static SsoConfig Read(Row row) => new(
        row.Id<Organization>("organization_id"), row.Text("issuer_url"), row.Text("client_id"), row.Text("client_secret"), row.Text("redirect_uri"),
        row.Time("created_ms"), row.Time("updated_ms"));
}
