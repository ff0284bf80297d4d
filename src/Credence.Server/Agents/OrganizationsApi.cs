using System.Text.RegularExpressions;
using Credence.Agents;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/organizations</c>: who is there at all, for who runs the installation (contract agent-idp AE-19 to AE-23).</summary>
internal static partial class OrganizationsApi
{
    /// <summary>Where it is.</summary>
    public const string Path = AgentsDoor.Base + "/organizations";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Found).NeedsScope(AgentScopes.AdminOrganizations).AnswersForeign(StatusCodes.Status403Forbidden);
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsScope(AgentScopes.AdminOrganizations).AnswersForeign(StatusCodes.Status403Forbidden);
        routes.MapMethods(Path + "/{orgId}", RouteFacts.Read, Get).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapPatch(Path + "/{orgId}", Revise).NeedsScope(AgentScopes.AdminOrganizations).AnswersForeign(StatusCodes.Status403Forbidden);
        routes.MapDelete(Path + "/{orgId}", Delete).NeedsScope(AgentScopes.AdminOrganizations).AnswersForeign(StatusCodes.Status403Forbidden);
    }

    private static async Task<IResult> Found(AgentsCall call, FoundOrganization found, TierOptions tiers, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var slug = call.Body.Text("slug", 50, min: 2);
        if (slug.Length > 0 && !Slug().IsMatch(slug)) call.Body.Refuse("slug", "must have only a-z, 0-9 and -");
        var input = new FoundOrganization.Input(Name(call.Body, call.Body.Name("name", 100)), slug, call.Body.WordOrNull<Plan>("planTier") ?? Plan.Free);
        if (call.Invalid() is { } invalid) return invalid;
        var made = await found.RunAsync(call.Caller, input, ct);
        return made.Created(
            organization => OrganizationShape.Of(organization, tiers), AgentsJson.Wire.OrganizationShape, organization => $"{Path}/{organization.Id.Value}");
    }

    private static async Task<IResult> List(AgentsCall call, Db db, TierOptions tiers, CancellationToken ct)
    {
        var status = call.Query.WordOrNull<OrganizationStatus>("status");
        var page = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        var organizations = await OrganizationStore.ListAsync(db, status, page.Skip, page.Limit, ct);
        var total = await OrganizationStore.CountAsync(db, status, ct);
        return AgentsAnswers.Ok(
            new PageOf<OrganizationShape>(organizations.ConvertAll(each => OrganizationShape.Of(each, tiers)), total, page.Number, page.Limit),
            AgentsJson.Wire.PageOfOrganizationShape);
    }

    private static async Task<IResult> Get(string orgId, AgentsCall call, Db db, TierOptions tiers, CancellationToken ct)
    {
        var id = call.Id<Organization>("orgId", orgId);
        if (call.Invalid() is { } invalid) return invalid;
        return (await AdminOf.FindAsync(db, call.Caller, id, ct)).Ok(organization => OrganizationShape.Of(organization, tiers), AgentsJson.Wire.OrganizationShape);
    }

    private static async Task<IResult> Revise(string orgId, AgentsCall call, ReviseOrganization revise, Db db, TierOptions tiers, CancellationToken ct)
    {
        var id = call.Id<Organization>("orgId", orgId);
        if (call.Invalid() is { } malformed) return malformed;
        if (await OrganizationStore.FindAsync(db, id, ct) is null) return OrganizationFailures.Unknown.Answer();
        if (await call.ReadAsync(ct) is { } unread) return unread;
        if (call.Body.Has("slug")) call.Body.Refuse("slug", "cannot be changed");
        var name = call.Body.NameOrNull("name", 100);
        var input = new ReviseOrganization.Input(
            name is null ? null : Name(call.Body, name), call.Body.WordOrNull<Plan>("planTier"),
            call.Body.WordOrNull("status", OrganizationStatus.Active, OrganizationStatus.Suspended));
        if (call.Body.Problem is null && input == new ReviseOrganization.Input(null, null, null)) call.Body.Refuse("body", "names nothing that can be changed");
        if (call.Invalid() is { } invalid) return invalid;
        return (await revise.RunAsync(call.Caller, id, input, ct)).Ok(organization => OrganizationShape.Of(organization, tiers), AgentsJson.Wire.OrganizationShape);
    }

    private static async Task<IResult> Delete(string orgId, AgentsCall call, ReviseOrganization revise, CancellationToken ct)
    {
        var id = call.Id<Organization>("orgId", orgId);
        if (call.Invalid() is { } invalid) return invalid;
        return (await revise.DeleteAsync(call.Caller, id, ct)).Done();
    }

    private static string Name(Fields body, string name) => name.Length == 1 ? body.Refuse("name", "must have 2 to 100 characters") : name;

    [GeneratedRegex("^[a-z0-9-]+\\z", RegexOptions.None, 100)]
    private static partial Regex Slug();

    /// <summary>An organization as this door shows it (contract agent-idp B.8); null where there is no limit, and for the slug of one that signed up without.</summary>
    internal sealed record OrganizationShape(
        Guid OrganizationId, string Name, string? Slug, string PlanTier, int? MaxAgents, int? MaxTokensPerMonth, string Status, string CreatedAt, string UpdatedAt)
    {
        public static OrganizationShape Of(Organization organization, TierOptions tiers)
        {
            var limits = tiers.For(organization.Plan);
            return new(
                organization.Id.Value, organization.Name, organization.Slug, Words.Of(organization.Plan), limits.Agents, limits.TokensPerMonth,
                Words.Of(organization.Status), organization.CreatedAt.Iso(), organization.UpdatedAt.Iso());
        }
    }
}
