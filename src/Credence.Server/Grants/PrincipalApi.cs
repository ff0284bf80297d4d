using System.Text.Json.Serialization;
using Credence.Audit;
using Credence.Grants;
using Credence.Principals;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/principal</c>: a person, with a session, sees what they granted and takes it back (contract grantex-core 11).</summary>
internal static class PrincipalApi
{
    private const int MostEntries = 100;

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/principal/grants", RouteFacts.Read, List).NeedsSession();
        routes.MapMethods("/v1/principal/audit", RouteFacts.Read, Audit).NeedsSession();
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

    private static async Task<IResult> Audit(GrantsCall call, Db db, CancellationToken ct)
    {
        var entries = await NewestLogged.EntriesAsync(db, call.Session.Organization.ToString(), call.Session.Principal, MostEntries, ct);
        return Answers.Ok(new DeedList(entries.ConvertAll(DeedShape.Of)), GrantsJson.Wire.DeedList);
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
            held.Grant.StatusWord,
            held.Grant.IssuedAt.Iso(),
            held.Grant.ExpiresAt.Iso(),
            held.Grant.ParentId?.ToString(),
            held.Grant.Depth,
            Words.Of(held.Grant.Proof));
    }

    /// <summary>What agents did for a person, the newest first.</summary>
    internal sealed record DeedList(List<DeedShape> Entries);

    /// <summary>An entry that a developer logged, as the person it is about is shown it: without the organization's chain.</summary>
    internal sealed record DeedShape(
        string EntryId,
        string AgentId,
        string AgentDid,
        string GrantId,
        string PrincipalId,
        string Action,
        [property: JsonConverter(typeof(AsWritten))] string Metadata,
        string Timestamp,
        string Status)
    {
        public static DeedShape Of(LoggedEntry entry) => new(
            entry.Id.ToString(),
            entry.What.Agent,
            entry.What.AgentDid,
            entry.What.Grant,
            entry.What.Principal,
            entry.What.Action,
            entry.What.Metadata,
            entry.At.Iso(),
            Words.Of(entry.What.Status));
    }
}
