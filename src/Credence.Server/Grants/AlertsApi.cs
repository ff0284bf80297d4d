using System.Text.Json.Serialization;
using Credence.Anomalies;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/anomaly/alerts</c> and <c>/v1/anomaly/metrics</c>: everything that was found, and what became of it (contract grantex-enterprise 1).</summary>
internal static class AlertsApi
{
    private const int NoteLength = 2_000;
    private static readonly Dictionary<string, int> Windows = new(StringComparer.Ordinal) { ["1h"] = 1, ["6h"] = 6, ["24h"] = 24 };

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/anomaly/alerts", RouteFacts.Read, List);
        routes.MapMethods("/v1/anomaly/alerts/{id}", RouteFacts.Read, Get);
        routes.MapPost("/v1/anomaly/alerts/{id}/acknowledge", (string id, GrantsCall call, AcknowledgeAnomaly change, CancellationToken ct) =>
            ChangeAsync(id, call, change.AlertAsync, ct));
        routes.MapPost("/v1/anomaly/alerts/{id}/resolve", (string id, GrantsCall call, AcknowledgeAnomaly change, CancellationToken ct) =>
            ChangeAsync(id, call, change.ResolveAsync, ct));
        routes.MapMethods("/v1/anomaly/metrics", RouteFacts.Read, Count);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var filter = new AlertFilter(call.Query.WordOrNull<AlertStatus>("status"), call.Query.WordOrNull<Severity>("severity"), call.Query.TextOrNull("agentId", 256));
        var most = call.Query.NumberOrNull("limit", 1, 1000) ?? 100;
        if (call.Query.Problem is { } problem) return problem.Answer();
        var alerts = await AnomalyStore.AlertsAsync(db, call.Caller.Organization, filter, most, ct);
        return Answers.Ok(new AlertList(alerts.ConvertAll(AlertShape.Of)), GrantsJson.Wire.AlertList);
    }

    private static async Task<IResult> Get(string id, GrantsCall call, Db db, CancellationToken ct) =>
        await AnomalyStore.FindAsync(db, call.Caller.Organization, Ids.Read<Anomaly>(id), ct) is { } anomaly
            ? Answers.Ok(AlertShape.Of(anomaly), GrantsJson.Wire.AlertShape)
            : AnomalyFailures.NotFound.Answer();

    private static async Task<IResult> ChangeAsync(
        string id, GrantsCall call, Func<ApiCaller, Id<Anomaly>, string?, CancellationToken, Task<Result<Anomaly>>> change, CancellationToken ct)
    {
        var note = call.Body.TextOrNull("note", NoteLength, min: 0);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await change(call.Caller, Ids.Read<Anomaly>(id), note, ct)).Ok(AlertShape.Of, GrantsJson.Wire.AlertShape);
    }

    private static async Task<IResult> Count(GrantsCall call, Db db, TimeProvider clock, CancellationToken ct)
    {
        var agent = call.Query.TextOrNull("agentId", 256);
        var window = call.Query.TextOrNull("window", 16) ?? "24h";
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (!Windows.TryGetValue(window, out var hours)) return Failure.Invalid("window must be one of 1h, 6h, 24h").Answer();
        var counts = await AnomalyStore.CountAsync(db, call.Caller.Organization, agent, clock.Now().AddHours(-hours), ct);
        return Answers.Ok(AlertCounts.Of(window, counts), GrantsJson.Wire.AlertCounts);
    }

    /// <summary>Alerts, newest first.</summary>
    internal sealed record AlertList(List<AlertShape> Data);

    /// <summary>An alert as this door shows it.</summary>
    internal sealed record AlertShape(
        string AlertId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? RuleId,
        string RuleName,
        string Severity,
        string Status,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? AgentId,
        string DetectedAt,
        string Description,
        [property: JsonConverter(typeof(AsWritten))] string Context,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? AcknowledgedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? ResolvedAt,
        string? Note)
    {
        public static AlertShape Of(Anomaly anomaly) => new(
            anomaly.Id.ToString(),
            anomaly.RuleId,
            anomaly.RuleName ?? anomaly.Type,
            Words.Of(anomaly.Severity),
            Words.Of(anomaly.Status),
            anomaly.Agent,
            anomaly.DetectedAt.Iso(),
            anomaly.Description,
            anomaly.Metadata,
            anomaly.AcknowledgedAt?.Iso(),
            anomaly.ResolvedAt?.Iso(),
            anomaly.Note);
    }

    /// <summary>How many alerts there were within a window.</summary>
    internal sealed record AlertCounts(string Window, long Total, StatusCounts ByStatus, SeverityCounts BySeverity)
    {
        public static AlertCounts Of(string window, List<AlertCount> counts)
        {
            return new(
                window,
                counts.Sum(count => count.Count),
                new StatusCounts(With(AlertStatus.Open), With(AlertStatus.Acknowledged), With(AlertStatus.Resolved)),
                new SeverityCounts(Of(Severity.Critical), Of(Severity.High), Of(Severity.Medium), Of(Severity.Low)));

            long With(AlertStatus status) => counts.Where(count => count.Status == status).Sum(count => count.Count);
            long Of(Severity severity) => counts.Where(count => count.Severity == severity).Sum(count => count.Count);
        }
    }

    /// <summary>By what became of them.</summary>
    internal sealed record StatusCounts(long Open, long Acknowledged, long Resolved);

    /// <summary>By how much they matter.</summary>
    internal sealed record SeverityCounts(long Critical, long High, long Medium, long Low);
}
