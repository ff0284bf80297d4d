using System.Text.Json.Serialization;
using Credence.Agents;
using Credence.Audit;
using Credence.Compliance;
using Credence.Grants;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/compliance</c>: what an auditor asks for, in numbers and whole (contract grantex-enterprise 2).</summary>
internal static class ComplianceApi
{
    private const int WordLength = 256;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/compliance/summary", RouteFacts.Read, Summary);
        routes.MapMethods("/v1/compliance/export/grants", RouteFacts.Read, Grants);
        routes.MapMethods("/v1/compliance/export/audit", RouteFacts.Read, Entries);
        routes.MapMethods("/v1/compliance/evidence-pack", RouteFacts.Read, EvidencePack);
    }

    private static async Task<IResult> Summary(GrantsCall call, Summarize summarize, TimeProvider clock, CancellationToken ct)
    {
        var (period, since, until) = Period(call.Query);
        if (call.Query.Problem is { } problem) return problem.Answer();
        var now = clock.Now();
        var summary = await summarize.RunAsync(call.Caller, period, now, ct);
        return Answers.Ok(SummaryShape.Of(summary) with { GeneratedAt = now.Iso(), Since = since, Until = until }, GrantsJson.Wire.SummaryShape);
    }

    private static IResult Grants(GrantsCall call, Db db, TimeProvider clock)
    {
        var (period, _, _) = Period(call.Query);
        var filter = period.Grants with { Status = call.Query.TextOrNull("status", WordLength) };
        if (call.Query.Problem is { } problem) return problem.Answer();
        var now = clock.Now();
        return new LongAnswer(async (json, ct) =>
        {
            json.Writer.WriteString("generatedAt", now.Iso());
            var total = await json.ListAsync("grants", GrantStore.AllAsync(db, call.Caller.Organization, filter, ct), ExportedGrant.Of, GrantsJson.Wire.ExportedGrant, ct);
            json.Writer.WriteNumber("total", total);
        });
    }

    private static async Task<IResult> Entries(GrantsCall call, Db db, TimeProvider clock, CancellationToken ct)
    {
        var (period, _, _) = Period(call.Query);
        var filter = LoggedFilter.None with { Agent = call.Query.TextOrNull("agentId", WordLength), Status = call.Query.TextOrNull("status", WordLength) };
        if (call.Query.Problem is { } problem) return problem.Answer();
        var now = clock.Now();
        var organization = call.Caller.Organization.ToString();
        var span = await LoggedStore.SpanAsync(db, organization, period.Since, period.Until, ct);
        return new LongAnswer(async (json, stop) =>
        {
            json.Writer.WriteString("generatedAt", now.Iso());
            var total = await json.ListAsync(
                "entries", LoggedStore.AllAsync(db, organization, filter, span, stop), AuditLogApi.LoggedShape.Of, GrantsJson.Wire.LoggedShape, stop);
            json.Writer.WriteNumber("total", total);
        });
    }

    private static async Task<IResult> EvidencePack(GrantsCall call, GatherEvidence gather, TimeProvider clock, CancellationToken ct)
    {
        var (period, since, until) = Period(call.Query);
        var framework = call.Query.TextOrNull("framework", WordLength) ?? "all";
        if (call.Query.Problem is { } problem) return problem.Answer();
        var now = clock.Now();
        var gathered = await gather.RunAsync(call.Caller, period, now, ct);
        if (!gathered.Succeeded) return gathered.Failure.Answer();
        var evidence = gathered.Value;
        return new LongAnswer(async (json, stop) =>
        {
            json.Member("meta", new PackMeta("1.0", now.Iso(), since, until, framework), GrantsJson.Wire.PackMeta);
            await json.ListAsync("grants", evidence.GrantsAsync(stop), ExportedGrant.Of, GrantsJson.Wire.ExportedGrant, stop);
            await json.ListAsync("auditEntries", evidence.EntriesAsync(stop), AuditLogApi.LoggedShape.Of, GrantsJson.Wire.LoggedShape, stop);
            json.Member("policies", [.. evidence.Policies.Select(PoliciesApi.PolicyShape.Of)], GrantsJson.Wire.ListPolicyShape);
            json.Member("summary", SummaryShape.Of(evidence.Summary), GrantsJson.Wire.SummaryShape);
            json.Member("chainIntegrity", IntegrityShape.Of(evidence.Integrity, evidence.Checkpoint?.Note), GrantsJson.Wire.IntegrityShape);
        });
    }

    private static (Period Period, string? Since, string? Until) Period(QueryFields query) =>
        (new Period(query.TimeOrNull("since"), query.TimeOrNull("until")), query.TextOrNull("since", WordLength), query.TextOrNull("until", WordLength));

    /// <summary>What there is, in numbers; the times only in an answer of its own.</summary>
    internal sealed record SummaryShape(AgentNumbers Agents, GrantCounts Grants, LoggedCounts AuditEntries, PolicyNumbers Policies, string Plan)
    {
        [JsonPropertyOrder(-3)]
        public string? GeneratedAt { get; init; }

        [JsonPropertyOrder(-2)]
        public string? Since { get; init; }

        [JsonPropertyOrder(-1)]
        public string? Until { get; init; }

        public static SummaryShape Of(Summary summary) => new(
            AgentNumbers.Of(summary.Agents), summary.Grants, summary.Entries, new PolicyNumbers(summary.Policies), Words.Of(summary.Plan));
    }

    /// <summary>Agents; <paramref name="Revoked"/> are the deleted ones, whose grants and entries are still evidence.</summary>
    internal sealed record AgentNumbers(long Total, long Active, long Suspended, long Revoked)
    {
        public static AgentNumbers Of(AgentCounts counts) => new(counts.Total, counts.Active, counts.Suspended, counts.Decommissioned);
    }

    /// <summary>Policies.</summary>
    internal sealed record PolicyNumbers(long Total);

    /// <summary>What the pack is about; the times as they were asked.</summary>
    internal sealed record PackMeta(string SchemaVersion, string GeneratedAt, string? Since, string? Until, string Framework);

    /// <summary>A grant as an auditor sees it.</summary>
    internal sealed record ExportedGrant(
        string GrantId,
        string AgentId,
        string PrincipalId,
        string DeveloperId,
        IReadOnlyList<string> Scopes,
        string Status,
        string IssuedAt,
        string ExpiresAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? RevokedAt,
        int DelegationDepth)
    {
        public static ExportedGrant Of(Grant grant) => new(
            grant.Id.ToString(),
            grant.Agent.ToString(),
            grant.Principal,
            grant.Organization.ToString(),
            grant.Scopes,
            grant.StatusWord,
            grant.IssuedAt.Iso(),
            grant.ExpiresAt.Iso(),
            grant.RevokedAt?.Iso(),
            grant.Depth);
    }

    /// <summary>Whether the log holds. What the protocol does not know comes after what it does: what retention emptied, and the signed checkpoint over it all.</summary>
    internal sealed record IntegrityShape(
        bool Valid,
        long CheckedEntries,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? FirstBrokenAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Reason,
        long EmptiedEntries,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Checkpoint)
    {
        public static IntegrityShape Of(ChainIntegrity found, string? checkpoint) => new(
            found.IsValid, found.Checked, found.FirstBroken, found.Reason is { } reason ? Words.Of(reason) : null, found.Emptied, checkpoint);
    }
}
