using Credence.Keys;
using Credence.Server.Doors;

namespace Credence.Server.OAuth;

/// <summary>The server's own DID document: its keys, and the doors that are open (contract agent-idp AE-27).</summary>
internal static class ServerDid
{
    /// <summary>The document.</summary>
    public static DidDocument Of(IReadOnlyList<PublicJwk> keys, OAuthOptions options)
    {
        var did = DidDocument.OfServer(options.DidWebDomain);
        string[] methods = [.. keys.Select(key => $"{did}#{key.Kid}")];
        var services = new List<DidDocument.Endpoint> { new($"{did}#jwks", "JsonWebKeySet", $"{options.PublicBaseUrl}/.well-known/jwks.json") };
        if (options.HasGrants) services.Add(new($"{did}#grant-protocol", "GrantexProtocol", $"{options.PublicBaseUrl}/v1"));
        if (options.HasAgents) services.Add(new($"{did}#agent-identity", "AgentIdentityProvider", $"{options.PublicBaseUrl}/api/v1"));
        return new DidDocument(
            DidDocument.Contexts, did, null, [.. keys.Select(key => new DidDocument.Method($"{did}#{key.Kid}", "JsonWebKey2020", did, key))], methods, methods, services);
    }
}
