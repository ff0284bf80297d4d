using Credence.Agents;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/organizations/{orgId}/members</c>: who belongs to an organization, for its admins (contract agent-idp AE-24 to AE-26).</summary>
internal static class MembersApi
{
    private const string Path = OrganizationsApi.Path + "/{orgId}/members";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Add).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path, RouteFacts.Read, List).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapDelete(Path + "/{agentId}", Remove).AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Add(string orgId, AgentsCall call, AddMember add, Db db, CancellationToken ct)
    {
        var id = call.Id<Organization>("orgId", orgId);
        if (call.Invalid() is { } malformed) return malformed;
        var managed = await AdminOf.FindAsync(db, call.Caller, id, ct);
        if (!managed.Succeeded) return managed.Failure.Answer();

        if (await call.ReadAsync(ct) is { } unread) return unread;
        var agent = AgentsIds.Read<Agent>(call.Body.Text("agentId", 64));
        if (agent is null) call.Body.Refuse("agentId", "must be a UUID");
        var role = call.Body.Word<MemberRole>("role");
        if (call.Invalid() is { } invalid) return invalid;
        return (await add.RunAsync(call.Caller, id, agent!.Value, role, ct)).Created(MemberShape.Of, AgentsJson.Wire.MemberShape);
    }

    private static async Task<IResult> List(string orgId, AgentsCall call, Db db, CancellationToken ct)
    {
        var id = call.Id<Organization>("orgId", orgId);
        var role = call.Query.WordOrNull<MemberRole>("role");
        var page = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        var managed = await AdminOf.FindAsync(db, call.Caller, id, ct);
        if (!managed.Succeeded) return managed.Failure.Answer();
        var members = await MembershipStore.ListAsync(db, id, role, page.Skip, page.Limit, ct);
        var total = await MembershipStore.CountAsync(db, id, role, ct);
        return AgentsAnswers.Ok(new PageOf<MemberShape>(members.ConvertAll(MemberShape.Of), total, page.Number, page.Limit), AgentsJson.Wire.PageOfMemberShape);
    }

    private static async Task<IResult> Remove(string orgId, string agentId, AgentsCall call, RemoveMember remove, Db db, CancellationToken ct)
    {
        var (id, agent) = (call.Id<Organization>("orgId", orgId), call.Id<Agent>("agentId", agentId));
        if (call.Invalid() is { } invalid) return invalid;
        var managed = await AdminOf.FindAsync(db, call.Caller, id, ct);
        return managed.Succeeded ? (await remove.RunAsync(call.Caller, id, agent, ct)).Done() : managed.Failure.Answer();
    }

    /// <summary>A member.</summary>
    internal sealed record MemberShape(Guid OrganizationId, Guid AgentId, string Role, string JoinedAt)
    {
        public static MemberShape Of(Membership membership) =>
            new(membership.Organization.Value, membership.Agent.Value, Words.Of(membership.Role), membership.JoinedAt.Iso());
    }
}
