using System.Text.Json.Serialization;
using Credence.Billing;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/admin</c>: what operators see and change of all organizations (contract grantex-enterprise 17).</summary>
internal static class AdminApi
{
    private const string Actor = "admin";
    private const int AMinute = 20;
    private const int UsualPage = 50;
    private const int LargestPage = 100;
    private const int LastPage = 1_000_000;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/admin/stats", RouteFacts.Read, Totals).NeedsAdminKey().LimitAddress(AMinute);
        routes.MapMethods("/v1/admin/developers", RouteFacts.Read, List).NeedsAdminKey().LimitAddress(AMinute);
        routes.MapPatch("/v1/admin/developers/{id}/plan", ChangePlan).NeedsAdminKey().LimitAddress(AMinute);
    }

    private static async Task<IResult> Totals(Db db, TimeProvider clock, CancellationToken ct) =>
        Answers.Ok(Stats.Of(await InstallationTotals.ReadAsync(db, clock.Now(), ct)), GrantsJson.Wire.Stats);

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var page = call.Query.NumberOrNull("page", 1, LastPage) ?? 1;
        var size = Math.Min(call.Query.NumberOrNull("pageSize", 1, int.MaxValue) ?? UsualPage, LargestPage);
        if (call.Query.Problem is { } problem) return problem.Answer();
        var organizations = await OrganizationStore.ListAsync(db, (page - 1L) * size, size, ct);
        return Answers.Ok(
            new DeveloperList(organizations.ConvertAll(Developer.Of), await OrganizationStore.CountAsync(db, ct), page, size), GrantsJson.Wire.DeveloperList);
    }

    private static async Task<IResult> ChangePlan(string id, GrantsCall call, SetPlan setPlan, CancellationToken ct)
    {
        var plan = call.Body.WordOrNull<Plan>("plan");
        if (plan is null) call.Body.Refuse("plan", "must be one of free, pro, enterprise");
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await setPlan.RunAsync(Ids.Read<Organization>(id), plan!.Value, Actor, ct)).Ok(
            set => new PlanOfDeveloper(set.Organization.ToString(), Words.Of(set.Plan)), GrantsJson.Wire.PlanOfDeveloper);
    }

    /// <summary>How much there is.</summary>
    internal sealed record Stats(long TotalDevelopers, long Last24h, long Last7d, long Last30d, ModeCounts ByMode, long TotalAgents, long TotalGrants)
    {
        public static Stats Of(InstallationTotals totals) => new(
            totals.Organizations, totals.LastDay, totals.LastWeek, totals.LastMonth,
            new ModeCounts(totals.Live > 0 ? totals.Live : null, totals.Sandbox > 0 ? totals.Sandbox : null), totals.Agents, totals.Grants);
    }

    /// <summary>How many organizations of each mode; a mode without any is left out.</summary>
    internal sealed record ModeCounts(long? Live, long? Sandbox);

    /// <summary>A page of organizations, newest first.</summary>
    internal sealed record DeveloperList(List<Developer> Developers, long Total, int Page, int PageSize);

    /// <summary>An organization as operators see it.</summary>
    internal sealed record Developer(
        string Id, string Name, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? Email, string Mode, string CreatedAt)
    {
        public static Developer Of(Organization organization) => new(
            organization.Id.ToString(), organization.Name, organization.Email, Words.Of(organization.Mode), organization.CreatedAt.Iso());
    }

    /// <summary>The plan that an organization has now.</summary>
    internal sealed record PlanOfDeveloper(string DeveloperId, string Plan);
}
