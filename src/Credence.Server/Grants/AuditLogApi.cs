using System.Text.Json.Serialization;
using Credence.Audit;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/audit</c>: what developers log of their agents (contract grantex-core 7). Nothing here changes or deletes an entry.</summary>
internal static class AuditLogApi
{
    private const int LogPerMinute = 30;
    private const int WordLength = 256;
    private const int DidLength = 1_024;

    private static readonly string[] Required = ["agentId", "agentDid", "grantId", "principalId", "action"];
    private static readonly Failure NotFound = Failure.NotFound("Audit entry not found");

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/audit/log", Log).LimitAddress(LogPerMinute);
        routes.MapMethods("/v1/audit/entries", RouteFacts.Read, List);
        routes.MapMethods("/v1/audit/{id}", RouteFacts.Read, Get);
    }

    private static async Task<IResult> Log(GrantsCall call, LogEntry log, PlanGate plan, CancellationToken ct)
    {
        if (!Required.All(call.Body.Has)) call.Body.Refuse("agentId, agentDid, grantId, principalId, and action", "are required");
        var what = new Logged(
            call.Body.Text("agentId", WordLength),
            call.Body.Text("agentDid", DidLength),
            call.Body.Text("grantId", WordLength),
            call.Body.Text("principalId", WordLength),
            call.Body.Text("action", WordLength),
            Metadata(call.Body),
            call.Body.WordOrNull<LoggedStatus>("status") ?? LoggedStatus.Success);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await log.RunAsync(call.Caller.Organization.ToString(), plan.AuditEntries(call.Caller), what, ct)).Created(LoggedShape.Of, GrantsJson.Wire.LoggedShape);
    }

    private static string Metadata(Fields body)
    {
        if (body.ObjectOrNull("metadata") is not { } given) return "{}";
        return CanonicalValue.Write(given) ?? body.Refuse("metadata", "holds a number that is too large");
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var query = call.Query;
        var filter = new LoggedFilter(
            query.TextOrNull("agentId", WordLength), query.TextOrNull("grantId", WordLength),
            query.TextOrNull("principalId", WordLength), query.TextOrNull("action", WordLength));
        var (since, until) = (query.TimeOrNull("since"), query.TimeOrNull("until"));
        var most = query.NumberOrNull("limit", 1, LoggedStore.PageLength);
        var cursor = query.LongOrNull("cursor", 0, long.MaxValue) ?? 0;
        if (query.Problem is { } problem) return problem.Answer();

        var organization = call.Caller.Organization.ToString();
        var span = await LoggedStore.SpanAsync(db, organization, since, until, ct);
        span = span with { After = Math.Max(span.After, cursor) };
        return most is { } some
            ? Answers.Ok(LoggedList.Of(await LoggedStore.ListAsync(db, organization, filter, span, some, ct)), GrantsJson.Wire.LoggedList)
            : new LongAnswer((json, stop) => json.ListAsync(
                "entries", LoggedStore.AllAsync(db, organization, filter, span, stop), LoggedShape.Of, GrantsJson.Wire.LoggedShape, stop));
    }

    private static async Task<IResult> Get(string id, GrantsCall call, Db db, CancellationToken ct) =>
        await LoggedStore.FindAsync(db, call.Caller.Organization.ToString(), Ids.Read<AuditEntry>(id), ct) is { } entry
            ? Answers.Ok(LoggedShape.Of(entry), GrantsJson.Wire.LoggedShape)
            : NotFound.Answer();

    /// <summary>A part of the list; <paramref name="NextCursor"/> where there may be more.</summary>
    internal sealed record LoggedList(List<LoggedShape> Entries, string? NextCursor)
    {
        public static LoggedList Of(LoggedPage page) =>
            new(page.Entries.ConvertAll(LoggedShape.Of), page.IsWhole ? null : $"{page.Entries[^1].Sequence}");
    }

    /// <summary>An entry as this door shows it (contract grantex-core 7).</summary>
    internal sealed record LoggedShape(
        string EntryId,
        string AgentId,
        string AgentDid,
        string GrantId,
        string PrincipalId,
        string DeveloperId,
        string Action,
        [property: JsonConverter(typeof(AsWritten))] string Metadata,
        string Hash,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PrevHash,
        string Timestamp,
        string Status)
    {
        public static LoggedShape Of(LoggedEntry entry) => new(
            entry.Id.ToString(),
            entry.What.Agent,
            entry.What.AgentDid,
            entry.What.Grant,
            entry.What.Principal,
            entry.Organization,
            entry.What.Action,
            entry.What.Metadata,
            entry.Hash,
            entry.PreviousHash,
            entry.At.Iso(),
            Words.Of(entry.What.Status));
    }
}
