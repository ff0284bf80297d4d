using Credence.Agents;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/agents/{id}/did.json</c>: who an agent is, for anybody (contract grantex-core 13).</summary>
internal static class AgentDidApi
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/v1/agents/{id}/did.json", RouteFacts.Read, Document).NeedsNoKey();

    private static async Task<IResult> Document(string id, Db db, GrantsOptions options, CancellationToken ct) =>
        await AgentStore.FindAnyAsync(db, Ids.Read<Agent>(id), ct) is { } agent
            ? Answers.Ok(AgentDid.Of(agent, options), DidJson.Wire.DidDocument)
            : AgentFailures.NotFound.Answer();
}
