using Credence.Agents;
using Credence.Audit;
using Credence.Compliance;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/audit</c>: what the server recorded of an organization, and whether it is still that (contract agent-idp AE-16 to AE-18).</summary>
internal static class AuditApi
{
    private const string Path = AgentsDoor.Base + "/audit";
    private const int UsualLimit = 50;
    private const int LargestLimit = 200;
    private const int ChecksPerMinute = 30;

    private static readonly Failure Unknown = new(FailureKind.NotFound, "AUDIT_EVENT_NOT_FOUND", "There is no such audit event");
    private static readonly Failure BadRange = new(FailureKind.Invalid, "INVALID_DATE_RANGE", "fromDate must not be after toDate");

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsScope(AgentScopes.ReadAudit).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path + "/verify", RouteFacts.Read, Verify).NeedsScope(AgentScopes.ReadAudit).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path + "/{eventId}", RouteFacts.Read, Get).NeedsScope(AgentScopes.ReadAudit).AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> List(
        AgentsCall call, SealAudit seal, Db db, CurrentPlans plans, TierOptions tiers, TimeProvider clock, CancellationToken ct)
    {
        var agent = call.Query.TextOrNull("agentId", 64) is { } text ? call.Id<Agent>("agentId", text).ToString() : null;
        var (action, outcome) = (call.Query.TextOrNull("action", 64), call.Query.OneOfOrNull("outcome", "success", "failure"));
        var (since, until) = (call.Query.TimeOrNull("fromDate"), call.Query.TimeOrNull("toDate"));
        var page = call.Page(UsualLimit, LargestLimit);
        if (call.Invalid() is { } invalid) return invalid;
        if (since > until) return BadRange.Answer();

        var oldest = await OldestAsync(call, plans, tiers, clock, ct);
        if (since < oldest) return OutOfWindow(oldest.Value).Answer();
        var organization = call.Caller.Organization.ToString();
        await seal.CatchUpAsync(organization, ct);
        var (events, total) = await SystemStore.PageAsync(
            db, organization, new SystemFilter(agent, action, outcome, since ?? oldest, until), page.Number, page.Limit, ct);
        return AgentsAnswers.Ok(new PageOf<EventShape>(events.ConvertAll(EventShape.Of), total, page.Number, page.Limit), AgentsJson.Wire.PageOfEventShape);
    }

    private static async Task<IResult> Get(
        string eventId, AgentsCall call, SealAudit seal, Db db, CurrentPlans plans, TierOptions tiers, TimeProvider clock, CancellationToken ct)
    {
        var id = call.Id<AuditEntry>("eventId", eventId);
        if (call.Invalid() is { } invalid) return invalid;
        var organization = call.Caller.Organization.ToString();
        await seal.CatchUpAsync(organization, ct);
        return await SystemStore.FindAsync(db, organization, id, await OldestAsync(call, plans, tiers, clock, ct), ct) is { } found
            ? AgentsAnswers.Ok(EventShape.Of(found), AgentsJson.Wire.EventShape)
            : Unknown.Answer();
    }

    private static async Task<IResult> Verify(AgentsCall call, CallLimits limits, CheckSystemChain check, TimeProvider clock, CancellationToken ct)
    {
        if (await limits.AgentAsync(call.Http, call.Caller.Agent.Value, "audit-verify", ChecksPerMinute) is { } tooMany) return tooMany;
        var (since, until) = (call.Query.TimeOrNull("fromDate"), call.Query.TimeOrNull("toDate"));
        if (call.Invalid() is { } invalid) return invalid;
        if (since > until) return BadRange.Answer();
        var found = await check.RunAsync(call.Caller.Organization.ToString(), new Period(since, until), ct);
        return found.Ok(integrity => Verdict.Of(integrity, since, until, clock.Now()), AgentsJson.Wire.Verdict);
    }

    /// <summary>How far back the organization's tier shows; null for all of it.</summary>
    private static async Task<DateTimeOffset?> OldestAsync(AgentsCall call, CurrentPlans plans, TierOptions tiers, TimeProvider clock, CancellationToken ct) =>
        tiers.For(await plans.OfAsync(call.Caller.Organization, ct)).AuditDays is { } days ? clock.Now().AddDays(-days) : null;

    private static Failure OutOfWindow(DateTimeOffset oldest) => new(
        FailureKind.Invalid, "RETENTION_WINDOW_EXCEEDED", $"This tier shows the audit log from {oldest.Iso()} on");

    /// <summary>An event (contract agent-idp AE-16). What the server knows of it besides is in <c>metadata</c>, with who did it and what it happened to.</summary>
    internal sealed record EventShape(
        Guid EventId,
        Guid? AgentId,
        Guid? OrganizationId,
        string Action,
        string Outcome,
        string? IpAddress,
        string? UserAgent,
        IReadOnlyDictionary<string, string> Metadata,
        string Timestamp,
        string Hash,
        string? PreviousHash)
    {
        public static EventShape Of(SystemEntry entry) => new(
            entry.Id.Value,
            AgentsIds.Read<Agent>(entry.Agent)?.Value,
            AgentsIds.Read<Organization>(entry.Organization)?.Value,
            entry.Type,
            entry.Outcome,
            entry.Origin?.Address,
            entry.Origin?.UserAgent,
            new Dictionary<string, string>(entry.Data, StringComparer.Ordinal) { ["actor"] = entry.Actor, ["subject"] = entry.Subject },
            entry.At.Iso(),
            entry.Hash,
            entry.PreviousHash);
    }

    /// <summary>What a check found. A chain that does not hold is an answer like any other.</summary>
    internal sealed record Verdict(bool Verified, long CheckedCount, Guid? BrokenAtEventId, string? FromDate, string? ToDate, string VerifiedAt)
    {
        public static Verdict Of(ChainIntegrity found, DateTimeOffset? since, DateTimeOffset? until, DateTimeOffset now) => new(
            found.IsValid, found.Checked, AgentsIds.Read<AuditEntry>(found.FirstBroken)?.Value, since?.Iso(), until?.Iso(), now.Iso());
    }
}
