using Credence.Agents;
using Credence.Server.Doors;

namespace Credence.Server.Grants;

/// <summary>An agent's DID document at this door. It has no key of its own here: this server signs what says who it is.</summary>
internal static class AgentDid
{
    /// <summary>The document.</summary>
    public static DidDocument Of(Agent agent, GrantsOptions options) => new(
        DidDocument.Contexts, agent.Did, DidDocument.OfServer(options.DidWebDomain), null, null, null,
        [new DidDocument.Endpoint($"{agent.Did}#grant-protocol", "GrantexProtocol", $"{options.PublicBaseUrl}/v1")]);
}
