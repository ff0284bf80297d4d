using Credence.Grants;
using Credence.Principals;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Grants.Reading;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/principal</c>: a person, with a session, sees what they granted and takes it back (contract grantex-core 11).</summary>
internal static class PrincipalApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/principal/grants", RouteFacts.Read, List).NeedsSession();
        routes.MapDelete("/v1/principal/grants/{id}", TakeBack).NeedsSession();
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var part = call.Query.Part<Grant>();
        if (call.Query.Problem is { } problem) return problem.Answer();
        var held = await PrincipalStore.ActiveAsync(db, call.Session, part.Before, part.Most, ct);
        var next = part.Next(held, one => one.Grant.IssuedAt, one => one.Grant.Id);
        return Answers.Ok(new HeldList(held.ConvertAll(HeldShape.Of), call.Session.Principal, next), GrantsJson.Wire.HeldList);
    }

    private static async Task<IResult> TakeBack(string id, GrantsCall call, RevokeGrant revoke, CancellationToken ct) =>
        (await revoke.RunAsync(call.Session.Organization, call.Session.Principal, Ids.Read<Grant>(id), PrincipalSession.Actor, ct)).Done();

    /// <summary>A person's grants, newest first.</summary>
    internal sealed record HeldList(List<HeldShape> Grants, string PrincipalId, string? NextCursor);

    /// <summary>A grant and who holds it, as its giver is shown it, and how their consent was proven (design D9).</summary>
    internal sealed record HeldShape(
        string GrantId,
        string AgentId,
        string AgentName,
        string AgentDescription,
        string AgentDid,
        IReadOnlyList<string> Scopes,
        string Status,
        string IssuedAt,
        string ExpiresAt,
        string? ParentGrantId,
        int DelegationDepth,
        string ConsentProof)
    {
        public static HeldShape Of(HeldGrant held) => new(
            held.Grant.Id.ToString(),
            held.Agent.Id.ToString(),
            held.Agent.Name,
            held.Agent.Description,
            held.Agent.Did,
            held.Grant.Scopes,
            Words.Of(held.Grant.Status),
            held.Grant.IssuedAt.Iso(),
            held.Grant.ExpiresAt.Iso(),
            held.Grant.ParentId?.ToString(),
            held.Grant.Depth,
            Words.Of(held.Grant.Proof));
    }
}
