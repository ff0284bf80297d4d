using Credence.Agents;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary>What anybody may read: the key set, and who this server and its agents are (contract grantex-core 13).</summary>
internal static class WellKnownApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods("/.well-known/jwks.json", RouteFacts.Read, (WellKnownDocuments documents) => documents.KeySet)
            .NeedsNoKey().NotLimited().ShortCircuit(); // past the pipeline, which has nothing to say to it
        routes.MapMethods("/.well-known/did.json", RouteFacts.Read, (WellKnownDocuments documents) => documents.Server).NeedsNoKey();
        routes.MapMethods("/v1/agents/{id}/did.json", RouteFacts.Read, AgentDocument).NeedsNoKey();
    }

    private static async Task<IResult> AgentDocument(string id, Db db, GrantsOptions options, CancellationToken ct) =>
        await AgentStore.FindAnyAsync(db, Ids.Read<Agent>(id), ct) is { } agent
            ? Answers.Ok(DidDocument.Of(agent, options), GrantsJson.Wire.DidDocument)
            : AgentFailures.NotFound.Answer();
}
