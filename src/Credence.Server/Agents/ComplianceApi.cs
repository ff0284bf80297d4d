using System.Text;
using System.Text.Json;
using Credence.Agents;
using Credence.Compliance;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.State;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/compliance</c>: how an organization and the installation stand (contract agent-idp AE-50 to AE-52).</summary>
internal static class ComplianceApi
{
    private const string Path = AgentsDoor.Base + "/compliance";
    private const string CacheHeader = "X-Cache";
    private const string SpecVersion = "1.0.0";
    private const int PerRead = 500;
    private static readonly TimeSpan CacheLife = TimeSpan.FromMinutes(5);

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods(Path + "/report", RouteFacts.Read, Report).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path + "/agent-cards", RouteFacts.Read, Cards).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path + "/controls", RouteFacts.Read, Controls).NeedsNoToken().AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Report(AgentsCall call, BuildReport build, ISharedState state, TimeProvider clock, CancellationToken ct)
    {
        var (organization, now) = (call.Caller.Organization, clock.Now());
        var key = $"compliance:report:{organization.Value}";
        if (await state.KeptAsync(key, now, ct) is { } kept) return Written(call, kept, "HIT");
        var built = await build.RunAsync(organization, ct);
        if (!built.Succeeded) return built.Failure.Answer();
        var text = JsonSerializer.Serialize(ReportShape.Of(built.Value, organization), AgentsJson.Wire.ReportShape);
        await state.KeepAsync(key, text, CacheLife, now, ct);
        return Written(call, text, "MISS");
    }

    private static async Task<IResult> Cards(AgentsCall call, Db db, AgentsOptions options, CancellationToken ct)
    {
        var cards = new List<DidApi.AgentCard>();
        Keyset? before = null;
        while (true)
        {
            var some = await AgentStore.ListAsync(db, call.Caller.Organization, before, PerRead, ct);
            cards.AddRange(some.Where(agent => agent.Status == AgentStatus.Active).Select(agent => DidApi.AgentCard.Of(agent, options)));
            if (some.Count < PerRead) return AgentsAnswers.Ok(cards, AgentsJson.Wire.ListAgentCard);
            before = new Keyset(some[^1].CreatedAt, some[^1].Id.ToString());
        }
    }

    private static IResult Controls(AgentsCall call, ControlBoard board)
    {
        call.Http.Response.Headers.CacheControl = "public, max-age=60";
        var names = Control.All.ToDictionary(control => control.Key, control => control.Value, StringComparer.Ordinal);
        return AgentsAnswers.Ok(
            new ControlList([.. board.Controls.Select(control => new ControlShape(control.Id, names[control.Id], Words.Of(control.Status), control.CheckedAt?.Iso()))]),
            AgentsJson.Wire.ControlList);
    }

    private static JsonAnswer Written(AgentsCall call, string json, string cache)
    {
        call.Http.Response.Headers[CacheHeader] = cache;
        return new JsonAnswer(StatusCodes.Status200OK, Encoding.UTF8.GetBytes(json));
    }

    /// <summary>A report (contract agent-idp AE-50).</summary>
    internal sealed record ReportShape(
        Guid ReportId, string GeneratedAt, string AgntcySpecVersion, Guid TenantId, string OverallStatus, IReadOnlyList<SectionShape> Sections)
    {
        public static ReportShape Of(Report report, Id<Organization> organization) => new(
            report.Id, report.At.Iso(), SpecVersion, organization.Value, Words.Of(report.Status), [.. report.Sections.Select(section => SectionShape.Of(section, report.At))]);
    }

    /// <summary>Some of the things that were checked.</summary>
    internal sealed record SectionShape(string Id, string Name, string Status, IReadOnlyList<RequirementShape> Requirements)
    {
        public static SectionShape Of(ReportSection section, DateTimeOffset at) => new(
            section.Id, section.Name, Words.Of(section.Status),
            [.. section.Requirements.Select(one => new RequirementShape(one.Id, one.Description, Words.Of(one.Status), one.Evidence, at.Iso()))]);
    }

    /// <summary>One thing that was checked.</summary>
    internal sealed record RequirementShape(string Id, string Description, string Status, string Evidence, string VerifiedAt);

    /// <summary>The controls.</summary>
    internal sealed record ControlList(IReadOnlyList<ControlShape> Controls);

    /// <summary>A control as its last check left it.</summary>
    internal sealed record ControlShape(string Id, string Name, string Status, string? LastCheckedAt);
}
