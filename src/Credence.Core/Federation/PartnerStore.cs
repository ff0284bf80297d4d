using Credence.Storage;

namespace Credence.Federation;

/// <summary>Partners in the database.</summary>
public static class PartnerStore
{
    /// <summary>A partner, or null.</summary>
    public static Task<Partner?> FindAsync(DbSession db, Id<Partner> id, CancellationToken ct) =>
        db.FirstAsync($"select {Partner.Columns} from federation_partners where id = {id}", Partner.Read, ct);

    /// <summary>The partner that signs as <paramref name="issuer"/>, or null.</summary>
    public static Task<Partner?> FindByIssuerAsync(DbSession db, string issuer, CancellationToken ct) =>
        db.FirstAsync($"select {Partner.Columns} from federation_partners where issuer = {issuer}", Partner.Read, ct);

    /// <summary>Reads a partner and holds its row for a change.</summary>
    public static Task<Partner?> HoldAsync(DbTx tx, Id<Partner> id, CancellationToken ct) =>
        tx.FirstAsync($"update federation_partners set version = version where id = {id} returning {Partner.Columns}", Partner.Read, ct);

    /// <summary>One page, newest first; with <paramref name="status"/>, only those that are so at <paramref name="now"/>.</summary>
    public static Task<List<Partner>> ListAsync(DbSession db, PartnerStatus? status, DateTimeOffset now, int most, long skip, CancellationToken ct) =>
        db.ListAsync($"select {Partner.Columns} from federation_partners {Where(status, now)} order by id desc limit {most} offset {skip}", Partner.Read, ct);

    /// <summary>How many there are.</summary>
    public static Task<long> CountAsync(DbSession db, PartnerStatus? status, DateTimeOffset now, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from federation_partners {Where(status, now)}", ct);

    /// <summary>Adds one.</summary>
    /// <returns>False when its issuer is registered already.</returns>
    public static async Task<bool> AddAsync(DbTx tx, Partner partner, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into federation_partners (id, name, issuer, jwks_uri, allowed_organizations, status, expires_ms, created_ms, updated_ms, version)
            values ({partner.Id}, {partner.Name}, {partner.Issuer}, {partner.JwksUri}, {partner.AllowedOrganizations}, {partner.Status}, {partner.ExpiresAt},
                {partner.CreatedAt}, {partner.UpdatedAt}, {partner.Version})
            on conflict (issuer) do nothing
            """,
            ct) == 1;

    /// <summary>Writes what may change about one.</summary>
    public static Task SaveAsync(DbTx tx, Partner partner, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            update federation_partners set name = {partner.Name}, jwks_uri = {partner.JwksUri}, allowed_organizations = {partner.AllowedOrganizations},
                status = {partner.Status}, expires_ms = {partner.ExpiresAt}, updated_ms = {partner.UpdatedAt}, version = {partner.Version}
            where id = {partner.Id}
            """,
            ct);

    /// <summary>Deletes one.</summary>
    /// <returns>False when it was gone.</returns>
    public static async Task<bool> DeleteAsync(DbTx tx, Id<Partner> id, CancellationToken ct) =>
        await tx.ExecuteAsync($"delete from federation_partners where id = {id}", ct) == 1;

    /// <summary>Notes of those whose time is over that it is.</summary>
    /// <returns>Those this call noted it of.</returns>
    public static Task<List<Partner>> ExpireAsync(DbTx tx, DateTimeOffset now, CancellationToken ct) =>
        tx.ListAsync(
            $"update federation_partners set status = 'expired' where status = 'active' and expires_ms <= {now} returning {Partner.Columns}", Partner.Read, ct);

    private static Sql Where(PartnerStatus? status, DateTimeOffset now) => status switch
    {
        null => Sql.None,
        PartnerStatus.Active => $"where status = 'active' and (expires_ms is null or expires_ms > {now})",
        PartnerStatus.Expired => $"where status = 'expired' or (status = 'active' and expires_ms <= {now})",
        _ => $"where status = {status.Value}",
    };
}
