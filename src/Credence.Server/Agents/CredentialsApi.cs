using Credence.Agents;
using Credence.Credentials;
using Credence.Keys;
using Credence.Storage;

namespace Credence.Server.Agents;

/// <summary><c>/api/v1/agents/{agentId}/credentials</c>: what an agent proves itself with (contract agent-idp AE-09 to AE-12).</summary>
internal static class CredentialsApi
{
    private const string Path = AgentsDoor.Base + "/agents/{agentId}/credentials";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path, Create).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapMethods(Path, RouteFacts.Read, List).NeedsScope(AgentScopes.ReadAgents).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapPost(Path + "/{credentialId}/rotate", Rotate).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status404NotFound);
        routes.MapDelete(Path + "/{credentialId}", Revoke).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> Create(string agentId, AgentsCall call, CreateCredential create, Db db, CancellationToken ct)
    {
        var id = call.Id<Agent>("agentId", agentId);
        if (call.Invalid() is { } malformed) return malformed;
        var managed = await ManagedAgent.FindAsync(db, call.Caller, id, ct);
        if (!managed.Succeeded) return managed.Failure.Answer();
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var input = new CreateCredential.Input(call.Body.InstantOrNull("expiresAt"), Algorithm(call));
        if (call.Invalid() is { } invalid) return invalid;
        return (await create.RunAsync(call.Caller, id, input, ct)).Created(NewCredential.Of, AgentsJson.Wire.NewCredential);
    }

    private static async Task<IResult> List(string agentId, AgentsCall call, Db db, TimeProvider clock, CancellationToken ct)
    {
        var id = call.Id<Agent>("agentId", agentId);
        var status = call.Query.WordOrNull<CredentialStatus>("status");
        var page = call.Page();
        if (call.Invalid() is { } invalid) return invalid;
        if (await AgentStore.FindEverAsync(db, call.Caller.Organization, id, ct) is null) return AgentFailures.Unknown.Answer();
        var now = clock.Now();
        var credentials = await CredentialStore.ListAsync(db, id, status, now, page.Skip, page.Limit, ct);
        var total = await CredentialStore.CountAsync(db, id, status, now, ct);
        return AgentsAnswers.Ok(
            new PageOf<CredentialShape>(credentials.ConvertAll(each => CredentialShape.Of(each, now)), total, page.Number, page.Limit),
            AgentsJson.Wire.PageOfCredentialShape);
    }

    private static async Task<IResult> Rotate(string agentId, string credentialId, AgentsCall call, RotateCredential rotate, Db db, CancellationToken ct)
    {
        var (agent, credential) = (call.Id<Agent>("agentId", agentId), call.Id<Credential>("credentialId", credentialId));
        if (call.Invalid() is { } malformed) return malformed;
        var managed = await ManagedAgent.FindAsync(db, call.Caller, agent, ct);
        if (!managed.Succeeded) return managed.Failure.Answer();
        if (await CredentialStore.FindAsync(db, agent, credential, ct) is null) return CredentialFailures.NotFound.Answer();

        if (await call.ReadAsync(ct) is { } unread) return unread;
        var expiresAt = call.Body.InstantOrNull("expiresAt");
        var grace = TimeSpan.FromSeconds(call.Body.NumberOrNull("graceSeconds", 0, (int)RotateCredential.LongestGrace.TotalSeconds) ?? 0);
        if (call.Invalid() is { } invalid) return invalid;
        return (await rotate.RunAsync(call.Caller, managed.Value, credential, expiresAt, grace, ct)).Ok(NewCredential.Of, AgentsJson.Wire.NewCredential);
    }

    private static async Task<IResult> Revoke(string agentId, string credentialId, AgentsCall call, RevokeCredential revoke, Db db, CancellationToken ct)
    {
        var (agent, credential) = (call.Id<Agent>("agentId", agentId), call.Id<Credential>("credentialId", credentialId));
        if (call.Invalid() is { } malformed) return malformed;
        var managed = await ManagedAgent.FindAsync(db, call.Caller, agent, ct);
        return managed.Succeeded ? (await revoke.RunAsync(call.Caller, managed.Value, credential, ct)).Done() : managed.Failure.Answer();
    }

    private static KeyAlgorithm Algorithm(AgentsCall call)
    {
        var asked = call.Body.TextOrNull("signingAlg", 16);
        if (asked is not (null or "" or nameof(KeyAlgorithm.RS256) or nameof(KeyAlgorithm.ES256))) call.Body.Refuse("signingAlg", "must be RS256 or ES256");
        return asked is nameof(KeyAlgorithm.ES256) ? KeyAlgorithm.ES256 : KeyAlgorithm.RS256;
    }

    /// <summary>A credential, without its secret.</summary>
    internal sealed record CredentialShape(
        Guid CredentialId, Guid ClientId, string Status, string SigningAlg, string CreatedAt, string? ExpiresAt, string? RevokedAt)
    {
        public static CredentialShape Of(Credential credential, DateTimeOffset now) => new(
            credential.Id.Value, credential.Agent.Value, Words.Of(credential.StatusAt(now)), credential.SigningAlg.ToString(), credential.CreatedAt.Iso(),
            credential.ExpiresAt?.Iso(), credential.RevokedAt?.Iso());
    }

    /// <summary>A credential with its secret, for the only time.</summary>
    internal sealed record NewCredential(
        Guid CredentialId, Guid ClientId, string ClientSecret, string Status, string SigningAlg, string CreatedAt, string? ExpiresAt)
    {
        public static NewCredential Of(IssuedCredential issued) => new(
            issued.Credential.Id.Value, issued.Credential.Agent.Value, issued.Secret, "active", issued.Credential.SigningAlg.ToString(),
            issued.Credential.CreatedAt.Iso(), issued.Credential.ExpiresAt?.Iso());
    }
}
