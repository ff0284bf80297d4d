using Credence.Storage;

namespace Credence.Organizations;

/// <summary>Organizations in the database.</summary>
public static class OrganizationStore
{
    /// <summary>One organization, or null.</summary>
    public static Task<Organization?> FindAsync(DbSession db, Id<Organization> id, CancellationToken ct) =>
        db.FirstAsync($"select {Organization.Columns} from organizations where id = {id}", Organization.Read, ct);

    /// <summary>Organizations, newest first, from the one after <paramref name="skip"/> others.</summary>
    public static Task<List<Organization>> ListAsync(DbSession db, long skip, int most, CancellationToken ct) =>
        db.ListAsync($"select {Organization.Columns} from organizations order by created_ms desc, id desc limit {most} offset {skip}", Organization.Read, ct);

    /// <summary>A page of those in a state, newest first; null for any.</summary>
    public static Task<List<Organization>> ListAsync(DbSession db, OrganizationStatus? status, long skip, int most, CancellationToken ct) =>
        db.ListAsync(
            $"select {Organization.Columns} from organizations where {Only(status)} order by created_ms desc, id desc limit {most} offset {skip}",
            Organization.Read, ct);

    /// <summary>How many are in a state; null for any.</summary>
    public static Task<long> CountAsync(DbSession db, OrganizationStatus? status, CancellationToken ct) =>
        db.NumberAsync($"select count(*) as n from organizations where {Only(status)}", ct);

    /// <summary>Whether it is the organization that runs the installation.</summary>
    public static async Task<bool> IsBootstrapAsync(DbSession db, Id<Organization> id, CancellationToken ct) =>
        await db.NumberAsync($"select count(*) as n from organizations where id = {id} and is_bootstrap", ct) == 1;

    /// <summary>How many there are.</summary>
    public static Task<long> CountAsync(DbSession db, CancellationToken ct) => db.NumberAsync($"select count(*) as n from organizations", ct);

    /// <summary>Adds one, unless its address or slug is taken, or it is to be the bootstrap organization and there is one.</summary>
    /// <returns>False when another organization has what must be unique.</returns>
    public static async Task<bool> AddAsync(DbTx tx, Organization organization, CancellationToken ct) =>
        await tx.ExecuteAsync(
            $"""
            insert into organizations (id, name, email, email_verified, mode, plan, consent_minimum, strict_scopes, fido_required, fido_rp_name, created_ms,
                slug, is_bootstrap)
            values ({organization.Id}, {organization.Name}, {organization.Email}, {organization.EmailVerified}, {organization.Mode}, {organization.Plan},
                {organization.ConsentMinimum}, {organization.StrictScopes}, {organization.FidoRequired}, {organization.FidoRpName}, {organization.CreatedAt},
                {organization.Slug}, {organization.IsBootstrap})
            on conflict do nothing
            """,
            ct) == 1;

    /// <summary>Writes what an organization may change about itself.</summary>
    public static Task SaveAsync(DbTx tx, Organization organization, CancellationToken ct) =>
        tx.ExecuteAsync(
            $"""
            update organizations set email = {organization.Email}, email_verified = {organization.EmailVerified},
                consent_minimum = {organization.ConsentMinimum}, strict_scopes = {organization.StrictScopes},
                fido_required = {organization.FidoRequired}, fido_rp_name = {organization.FidoRpName},
                anomaly_response = {organization.AnomalyResponse}, passkey_enrolment = {organization.PasskeyEnrolment}
            where id = {organization.Id}
            """,
            ct);

    /// <summary>Writes name and status.</summary>
    internal static Task SaveStatusAsync(DbTx tx, Organization organization, CancellationToken ct) =>
        tx.LaterAsync(
            $"""
            update organizations set name = {organization.Name}, suspended_ms = {organization.SuspendedAt}, deleted_ms = {organization.DeletedAt},
                updated_ms = {organization.UpdatedAt}
            where id = {organization.Id}
            """,
            ct);

    /// <summary>Writes the plan that counts.</summary>
    internal static Task SetPlanAsync(DbTx tx, Id<Organization> id, Plan plan, DateTimeOffset now, CancellationToken ct) =>
        tx.LaterAsync($"update organizations set plan = {plan}, plan_changed_ms = {now}, updated_ms = {now} where id = {id}", ct);

    /// <summary>Which of these organizations want an agent's grants paused when something serious is found about it, in the order of their ids.</summary>
    public static Task<List<Id<Organization>>> ThatPauseAsync(DbSession db, IEnumerable<Id<Organization>> among, CancellationToken ct) =>
        db.ListAsync(
            $"select id from organizations where anomaly_response = {AnomalyResponse.Pause} and id in {Sql.List(among)} order by id",
            row => row.Id<Organization>("id"), ct);

    /// <summary>Reads an organization and holds its row: until <paramref name="tx"/> ends nobody else changes it or counts against its plan.</summary>
    public static Task<Organization?> HoldAsync(DbTx tx, Id<Organization> id, CancellationToken ct) =>
        tx.FirstAsync($"update organizations set plan = plan where id = {id} returning {Organization.Columns}", Organization.Read, ct);

    private static Sql Only(OrganizationStatus? status) => status switch
    {
        null => $"1 = 1",
        OrganizationStatus.Deleted => $"deleted_ms is not null",
        OrganizationStatus.Suspended => $"suspended_ms is not null and deleted_ms is null",
        _ => $"suspended_ms is null",
    };
}
