using Credence.Organizations;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Compliance;

/// <summary>Checks how an organization stands: its agents, their credentials, its audit log, its webhooks (contract agent-idp AE-50). Nothing in it is taken on trust.</summary>
public sealed class BuildReport(Db db, CheckSystemChain chains, Metrics metrics, TimeProvider clock)
{
    /// <summary>How much of the audit log is computed again for a report; the whole of it is checked once an hour.</summary>
    private static readonly TimeSpan Checked = TimeSpan.FromDays(7);

    /// <summary>A secret older than this should be exchanged.</summary>
    private static readonly TimeSpan OldSecret = TimeSpan.FromDays(365);

    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    /// <returns>The report; or why the audit log cannot be checked now.</returns>
    public async Task<Result<Report>> RunAsync(Id<Organization> organization, CancellationToken ct)
    {
        var now = clock.Now();
        var audit = await chains.RunAsync(organization.ToString(), new Period(now - Checked, null), ct);
        if (!audit.Succeeded) return audit.Failure;
        var report = new Report(Guid.CreateVersion7(now), now,
        [
            new ReportSection("agent-identity", "Agent identity",
            [
                await NoneAsync("AI-1", "Every active agent says what it is and who is responsible for it", ReportStatus.Warn, "active agents that do not", AgentsWithoutProfile(organization), ct),
                await NoneAsync("AI-2", "Every active agent can prove itself", ReportStatus.Warn, "active agents without a live credential or a public key", AgentsWithoutProof(organization, now), ct),
                await NoneAsync("AI-3", "No agent that was decommissioned can prove itself", ReportStatus.Fail, "live credentials of decommissioned agents", CredentialsOfTheGone(organization, now), ct),
            ]),
            new ReportSection("credential-management", "Credential management",
            [
                await NoneAsync("CM-1", "Secrets are stored as hashes", ReportStatus.Fail, "credentials that are not", BareSecrets(organization), ct),
                await NoneAsync("CM-2", "Secrets are exchanged within a year", ReportStatus.Warn, "live credentials that are older", OldSecrets(organization, now), ct),
                await NoneAsync("CM-3", "No credential ends unnoticed", ReportStatus.Warn, "live credentials that expire within seven days", ExpiringSecrets(organization, now), ct),
            ]),
            new ReportSection("audit-trail", "Audit trail", [Computed(audit.Value), await WholeAsync(organization, ct), await SignedAsync(organization, ct)]),
            new ReportSection("event-delivery", "Event delivery",
            [
                await NoneAsync("ED-1", "Webhooks receive what they are subscribed to", ReportStatus.Warn, "deliveries of the last seven days that were given up", DeadLetters(organization, now), ct),
            ]),
        ]);
        metrics.ComplianceReported();
        return report;
    }

    private async Task<Requirement> NoneAsync(string id, string description, ReportStatus otherwise, string what, Sql count, CancellationToken ct)
    {
        var found = await db.NumberAsync(count, ct);
        return new Requirement(id, description, found == 0 ? ReportStatus.Pass : otherwise, $"{found} {what}");
    }

    private static Requirement Computed(ChainIntegrity found) => new(
        "AT-1", "What was recorded in the last seven days is what was hashed, in one chain", found.IsValid ? ReportStatus.Pass : ReportStatus.Fail,
        found.IsValid ? $"{found.Checked} entries computed again" : $"{found.Reason} at {found.FirstBroken}");

    private async Task<Requirement> WholeAsync(Id<Organization> organization, CancellationToken ct)
    {
        var broken = await db.NumberAsync($"select count(*) as n from audit_breaks where organization_id = {organization}", ct);
        return new Requirement(
            "AT-2", "The whole chain held when it was last computed again", broken == 0 ? ReportStatus.Pass : ReportStatus.Fail, broken == 0 ? "no break is known" : "a break is known");
    }

    private async Task<Requirement> SignedAsync(Id<Organization> organization, CancellationToken ct)
    {
        var last = await db.NumberAsync($"select max(size) as n from audit_checkpoints where organization_id = {organization}", ct);
        var size = await db.NumberAsync($"select seq as n from audit_heads where organization_id = {organization} and chain = 'tree'", ct);
        return new Requirement(
            "AT-3", "The log is signed", last > 0 || size == 0 ? ReportStatus.Pass : ReportStatus.Fail, $"{last} of {size} entries are under a signed checkpoint");
    }

    private static Sql AgentsWithoutProfile(Id<Organization> organization) =>
        $"""
        select count(*) as n from agents where organization_id = {organization} and status = 'active'
            and (agent_type is null or owner is null or version is null or deployment_env is null)
        """;

    private static Sql AgentsWithoutProof(Id<Organization> organization, DateTimeOffset now) =>
        $"""
        select count(*) as n from agents a where a.organization_id = {organization} and a.status = 'active' and a.public_key is null
            and not exists (select 1 from credentials c where c.agent_id = a.id and c.revoked_ms is null and (c.expires_ms is null or c.expires_ms > {now}))
        """;

    private static Sql CredentialsOfTheGone(Id<Organization> organization, DateTimeOffset now) => Credentials(
        organization, now, $"a.status = 'decommissioned' and not exists (select 1 from revocations r where r.kind = 'agent' and r.id = a.id and not r.lifted)");

    private static Sql OldSecrets(Id<Organization> organization, DateTimeOffset now) =>
        Credentials(organization, now, $"a.status <> 'decommissioned' and coalesce(c.rotated_ms, c.created_ms) < {now - OldSecret}");

    private static Sql ExpiringSecrets(Id<Organization> organization, DateTimeOffset now) =>
        Credentials(organization, now, $"a.status <> 'decommissioned' and c.expires_ms < {now + Soon}");

    private static Sql Credentials(Id<Organization> organization, DateTimeOffset now, Sql which) => Sql.Of(
        $"""
        select count(*) as n from credentials c join agents a on a.id = c.agent_id
        where a.organization_id = {organization} and c.revoked_ms is null and (c.expires_ms is null or c.expires_ms > {now}) and {which}
        """);

    private static Sql BareSecrets(Id<Organization> organization) =>
        $"""
        select count(*) as n from credentials c join agents a on a.id = c.agent_id
        where a.organization_id = {organization} and (c.hash like 'sk_live_%' or length(c.hash) < 40)
        """;

    private static Sql DeadLetters(Id<Organization> organization, DateTimeOffset now) =>
        $"""
        select count(*) as n from webhook_deliveries d join webhooks w on w.id = d.webhook_id
        where w.organization_id = {organization} and d.status = 'dead_letter' and d.created_ms >= {now.AddDays(-7)}
        """;
}
