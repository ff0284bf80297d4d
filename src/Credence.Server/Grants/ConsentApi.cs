using Credence.Agents;
using Credence.Consent;
using Credence.Organizations;
using Credence.Principals;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/consent</c>: what a page needs to ask a person, and to say what they decided. Who holds the request's id may call (design D9).</summary>
internal static class ConsentApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/consent/{id}", RouteFacts.Read, Get).NeedsNoKey();
        routes.MapPost("/v1/consent/{id}/approve", Approve).NeedsNoKey();
        routes.MapPost("/v1/consent/{id}/deny", Deny).NeedsNoKey();
    }

    private static async Task<IResult> Get(string id, Db db, TimeProvider clock, CancellationToken ct)
    {
        var request = await ConsentStore.FindAsync(db, Ids.Read<ConsentRequest>(id), ct);
        if (request is null) return ConsentFailures.NotFound.Answer();
        if (!request.IsOpen(clock.Now())) return ConsentFailures.Gone.Answer();

        var agent = await AgentStore.FindAnyAsync(db, request.Agent, ct);
        var organization = await OrganizationStore.FindAsync(db, request.Organization, ct);
        return agent is null || organization is null
            ? ConsentFailures.Gone.Answer()
            : Answers.Ok(ConsentShape.Of(request, agent, organization), GrantsJson.Wire.ConsentShape);
    }

    private static async Task<IResult> Approve(string id, GrantsCall call, CheckSession check, DecideConsent decide, CancellationToken ct)
    {
        var session = await SessionOrNullAsync(call, check, ct);
        if (!session.Succeeded) return session.Failure.Answer();
        return (await decide.ApproveAsync(Ids.Read<ConsentRequest>(id), new Decider(ConsentProof.Link, session.Value), ct)).Ok(Decision.Of, GrantsJson.Wire.Decision);
    }

    private static async Task<IResult> Deny(string id, GrantsCall call, CheckSession check, DecideConsent decide, CancellationToken ct)
    {
        var session = await SessionOrNullAsync(call, check, ct);
        if (!session.Succeeded) return session.Failure.Answer();
        return (await decide.DenyAsync(Ids.Read<ConsentRequest>(id), new Decider(ConsentProof.Link, session.Value), ct)).Ok(Decision.Of, GrantsJson.Wire.Decision);
    }

    /// <summary>The session in the header, if there is one. Other credentials prove nothing here, and programs that send theirs everywhere are not refused for it.</summary>
    private static async ValueTask<Result<PrincipalSession?>> SessionOrNullAsync(GrantsCall call, CheckSession check, CancellationToken ct)
    {
        if (BearerHeader.Parse(call.Http.Request.Headers.Authorization) is not { } token || token.Count(letter => letter == '.') != 2) return (PrincipalSession?)null;
        var session = await check.RunAsync(token, ct);
        return session.Succeeded ? session.Value : session.Failure;
    }

    /// <summary>A request that waits for a decision.</summary>
    internal sealed record ConsentShape(
        string Id,
        string AgentName,
        string AgentDid,
        string AgentDescription,
        IReadOnlyList<string> Scopes,
        IReadOnlyList<string> ScopeDescriptions,
        string ExpiresAt,
        string Status,
        bool FidoRequired)
    {
        public static ConsentShape Of(ConsentRequest request, Agent agent, Organization organization) => new(
            request.Id.ToString(),
            agent.Name,
            agent.Did,
            agent.Description,
            request.Scopes,
            [.. request.Scopes.Select(ScopeWords.Describe)],
            request.ExpiresAt.Iso(),
            Words.Of(request.Status),
            organization.LeastProof == ConsentProof.Passkey);
    }

    /// <summary>Where the browser goes with the decision, if anywhere; the code comes with an approval.</summary>
    internal sealed record Decision(string? Code, string? RedirectUri, string? State)
    {
        public static Decision Of(DecideConsent.Output decided) => new(decided.Code, decided.Request.RedirectUri, decided.Request.State);
    }
}
