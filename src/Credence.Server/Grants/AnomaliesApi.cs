using System.Text.Json.Serialization;
using Credence.Anomalies;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/anomalies</c>: what the documented detectors find (contract grantex-enterprise 1).</summary>
internal static class AnomaliesApi
{
    private const int DetectPerMinute = 30;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/anomalies/detect", Detect).LimitAddress(DetectPerMinute);
        routes.MapMethods("/v1/anomalies", RouteFacts.Read, List);
        routes.MapPatch("/v1/anomalies/{id}/acknowledge", Acknowledge);
    }

    private static async Task<IResult> Detect(GrantsCall call, DetectAnomalies detect, CancellationToken ct)
    {
        var detected = await detect.RunAsync(call.Caller, ct);
        return Answers.Ok(
            new Detection(detected.At.Iso(), detected.Anomalies.Count, detected.PausedGrants, detected.Anomalies.ConvertAll(AnomalyShape.Of)),
            GrantsJson.Wire.Detection);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var unacknowledged = call.Query.TextOrNull("unacknowledged", 16) == "true";
        if (call.Query.Problem is { } problem) return problem.Answer();
        var anomalies = await AnomalyStore.ListAsync(db, call.Caller.Organization, unacknowledged, ct);
        return Answers.Ok(new AnomalyList(anomalies.ConvertAll(AnomalyShape.Of), anomalies.Count), GrantsJson.Wire.AnomalyList);
    }

    private static async Task<IResult> Acknowledge(string id, GrantsCall call, AcknowledgeAnomaly acknowledge, CancellationToken ct) =>
        (await acknowledge.RunAsync(call.Caller, Ids.Read<Anomaly>(id), ct)).Ok(AnomalyShape.Of, GrantsJson.Wire.AnomalyShape);

    /// <summary>What a detection found; <paramref name="AutoRevokedGrants"/> were paused, which is all this server does to them.</summary>
    internal sealed record Detection(string DetectedAt, int Total, int AutoRevokedGrants, List<AnomalyShape> Anomalies);

    /// <summary>Anomalies, newest first.</summary>
    internal sealed record AnomalyList(List<AnomalyShape> Anomalies, int Total);

    /// <summary>An anomaly as this door shows it.</summary>
    internal sealed record AnomalyShape(
        string Id,
        string Type,
        string Severity,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? AgentId,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PrincipalId,
        string Description,
        [property: JsonConverter(typeof(AsWritten))] string Metadata,
        string DetectedAt,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? AcknowledgedAt)
    {
        public static AnomalyShape Of(Anomaly anomaly) => new(
            anomaly.Id.ToString(),
            anomaly.Type,
            Words.Of(anomaly.Severity),
            anomaly.Agent,
            anomaly.Principal,
            anomaly.Description,
            anomaly.Metadata,
            anomaly.DetectedAt.Iso(),
            anomaly.AcknowledgedAt?.Iso());
    }
}
