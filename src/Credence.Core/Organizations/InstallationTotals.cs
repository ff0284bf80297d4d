using Credence.Storage;

namespace Credence.Organizations;

/// <summary>How much there is in all organizations together (contract grantex-enterprise 17).</summary>
/// <param name="Organizations">Organizations.</param>
/// <param name="LastDay">Those that signed up within 24 hours.</param>
/// <param name="LastWeek">Within 7 days.</param>
/// <param name="LastMonth">Within 30 days.</param>
/// <param name="Live">Those whose people are really asked.</param>
/// <param name="Sandbox">Those for trying things out.</param>
/// <param name="Agents">Agents that are not deleted.</param>
/// <param name="Grants">Grants, over or not.</param>
public sealed record InstallationTotals(long Organizations, long LastDay, long LastWeek, long LastMonth, long Live, long Sandbox, long Agents, long Grants)
{
    /// <summary>Counts.</summary>
    public static async Task<InstallationTotals> ReadAsync(DbSession db, DateTimeOffset now, CancellationToken ct) => (await db.FirstAsync(
        $"""
        select count(*) as organizations,
            count(case when created_ms > {now.AddDays(-1)} then 1 end) as last_day,
            count(case when created_ms > {now.AddDays(-7)} then 1 end) as last_week,
            count(case when created_ms > {now.AddDays(-30)} then 1 end) as last_month,
            count(case when mode = 'live' then 1 end) as live,
            count(case when mode = 'sandbox' then 1 end) as sandbox,
            (select count(*) from agents where status <> 'decommissioned') as agents,
            (select count(*) from grants) as grants
        from organizations
        """,
        row => new InstallationTotals(
            row.Long("organizations"), row.Long("last_day"), row.Long("last_week"), row.Long("last_month"), row.Long("live"), row.Long("sandbox"),
            row.Long("agents"), row.Long("grants")),
        ct))!;
}
