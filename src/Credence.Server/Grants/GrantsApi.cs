using Credence.Grants;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;
using Credence.Tokens;
using Credence.Usage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/grants</c>: what people have granted the organization's agents, and how it is taken back.</summary>
internal static class GrantsApi
{
    private static readonly Failure InvalidToken = Failure.Invalid("The token is not a valid grant token");

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/v1/grants", RouteFacts.Read, List);
        routes.MapMethods("/v1/grants/{id}", RouteFacts.Read, Get);
        routes.MapDelete("/v1/grants/{id}", Revoke);
        routes.MapPost("/v1/grants/{id}/resume", Resume);
        routes.MapPost("/v1/grants/verify", Verify).OnlyReads();
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var filter = new GrantFilter(call.Query.TextOrNull("agentId", 256), call.Query.TextOrNull("principalId", 256), call.Query.TextOrNull("status", 256));
        var part = call.Query.Part<Grant>();
        if (call.Query.Problem is { } problem) return problem.Answer();
        var grants = await GrantStore.ListAsync(db, call.Caller.Organization, filter, part.Before, part.Most, ct);
        var next = part.Next(grants, grant => grant.IssuedAt, grant => grant.Id);
        return Answers.Ok(new GrantList(grants.ConvertAll(GrantShape.Of), next), GrantsJson.Wire.GrantList);
    }

    private static async Task<IResult> Get(string id, GrantsCall call, Db db, CancellationToken ct) =>
        await GrantStore.FindAsync(db, call.Caller.Organization, Ids.Read<Grant>(id), ct) is { } grant
            ? Answers.Ok(GrantShape.Of(grant), GrantsJson.Wire.GrantShape)
            : GrantFailures.NotFound.Answer();

    private static async Task<IResult> Revoke(string id, GrantsCall call, RevokeGrant revoke, CancellationToken ct) =>
        (await revoke.RunAsync(call.Caller.Organization, Ids.Read<Grant>(id), call.Caller.Key.ToString(), ct)).Done();

    private static async Task<IResult> Resume(string id, GrantsCall call, ResumeGrant resume, CancellationToken ct) =>
        (await resume.RunAsync(call.Caller, Ids.Read<Grant>(id), ct)).Ok(GrantShape.Of, GrantsJson.Wire.GrantShape);

    private static async Task<IResult> Verify(GrantsCall call, CheckToken check, MeterUsage usage, CancellationToken ct)
    {
        var token = call.Body.Text("token", TokensApi.TokenLength);
        if (call.Body.Problem is { } problem) return problem.Answer();
        usage.CountVerification(call.Caller.Organization);
        var result = await check.RunAsync(call.Caller, token, ct);
        if (!result.Succeeded) return result.Failure.Answer();
        return result.Value.Reason is TokenRefusal.Invalid or TokenRefusal.InvalidClaims or TokenRefusal.Expired
            ? InvalidToken.Answer()
            : Answers.Ok(GrantVerdict.Of(result.Value), GrantsJson.Wire.GrantVerdict);
    }

    /// <summary>Grants, newest first.</summary>
    internal sealed record GrantList(List<GrantShape> Grants, string? NextCursor);

    /// <summary>A grant as this door shows it (contract grantex-core 6), and how its consent was proven (design D9).</summary>
    internal sealed record GrantShape(
        string GrantId,
        string AgentId,
        string PrincipalId,
        string DeveloperId,
        IReadOnlyList<string> Scopes,
        string Status,
        string IssuedAt,
        string ExpiresAt,
        string? RevokedAt,
        string? PausedAt,
        string? ParentGrantId,
        int DelegationDepth,
        string? Audience,
        string ConsentProof)
    {
        public static GrantShape Of(Grant grant) => new(
            grant.Id.ToString(),
            grant.Agent.ToString(),
            grant.Principal,
            grant.Organization.ToString(),
            grant.Scopes,
            grant.StatusWord,
            grant.IssuedAt.Iso(),
            grant.ExpiresAt.Iso(),
            grant.RevokedAt?.Iso(),
            grant.PausedAt?.Iso(),
            grant.ParentId?.ToString(),
            grant.Depth,
            grant.Audience,
            Words.Of(grant.Proof));
    }

    /// <summary>Whether a token counts, with its claims or the reason.</summary>
    internal sealed record GrantVerdict(bool Active, Claims? Claims, string? Reason)
    {
        public static GrantVerdict Of(TokenCheck check) => check is { Reason: null, Claims: { } claims }
            ? new(true, GrantsApi.Claims.Of(claims), null)
            : new(false, null, Words.Of(check.Reason!.Value));
    }

    /// <summary>What a token says, under its claims' own names.</summary>
    internal sealed record Claims(
        string Sub,
        string Agt,
        string Dev,
        IReadOnlyList<string> Scp,
        string Jti,
        string Grnt,
        long Iat,
        long Exp,
        string? Aud,
        string Iss,
        string? ParentAgt,
        string? ParentGrnt,
        int? DelegationDepth)
    {
        public static Claims Of(GrantClaims claims) => new(
            claims.Subject,
            Credence.Agents.Agent.DidOf(claims.Agent),
            claims.Organization.ToString(),
            claims.Scopes,
            claims.Token.ToString(),
            claims.Grant.ToString(),
            claims.IssuedAt.ToUnixTimeSeconds(),
            claims.ExpiresAt.ToUnixTimeSeconds(),
            claims.Audience,
            claims.Issuer,
            claims.ParentAgent is { } agent ? Credence.Agents.Agent.DidOf(agent) : null,
            claims.ParentGrant?.ToString(),
            claims.Depth > 0 ? claims.Depth : null);
    }
}
