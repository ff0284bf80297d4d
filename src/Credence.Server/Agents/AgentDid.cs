using System.Globalization;
using Credence.Agents;
using Credence.Server.Doors;

namespace Credence.Server.Agents;

/// <summary>An agent's DID document at this door (contract agent-idp AE-28): with the key it brought, and without one when it brought none (design D19).</summary>
internal static class AgentDid
{
    /// <summary>The document.</summary>
    public static DidDocument Of(Agent agent, AgentsOptions options)
    {
        var did = options.DidOf(agent.Id.Value);
        var key = agent.Profile.PublicKey is { } jwk ? new DidDocument.Method($"{did}#{jwk.Kid}", "JsonWebKey2020", did, jwk) : null;
        string[]? uses = key is null ? null : [key.Id];
        return new DidDocument(
            DidDocument.Contexts,
            did,
            DidDocument.OfServer(options.DidWebDomain),
            key is null ? null : [key],
            uses,
            uses,
            [new DidDocument.Endpoint($"{did}#card", "AgentCard", $"{options.PublicBaseUrl}{AgentsDoor.Base}/agents/{agent.Id.Value}/did/card")]);
    }

    /// <summary>The document with what is known of it (AE-30).</summary>
    public static DidResolution Resolved(Agent agent, AgentsOptions options) => new(
        Of(agent, options), new DidResolution.ResolutionMetadata("application/did+json"), new DidResolution.DocumentMetadata(Second(agent.CreatedAt), Second(agent.UpdatedAt), false));

    private static string Second(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
