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
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapPost(Path, Create).NeedsScope(AgentScopes.WriteAgents).AnswersForeign(StatusCodes.Status404NotFound);

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

    private static KeyAlgorithm Algorithm(AgentsCall call)
    {
        var asked = call.Body.TextOrNull("signingAlg", 16);
        if (asked is not (null or "" or nameof(KeyAlgorithm.RS256) or nameof(KeyAlgorithm.ES256))) call.Body.Refuse("signingAlg", "must be RS256 or ES256");
        return asked is nameof(KeyAlgorithm.ES256) ? KeyAlgorithm.ES256 : KeyAlgorithm.RS256;
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
