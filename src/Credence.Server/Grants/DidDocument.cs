using System.Text.Json.Serialization;
using Credence.Agents;
using Credence.Keys;

namespace Credence.Server.Grants;

/// <summary>A DID document (W3C DID Core 1.0, 5): of this server, with its keys, or of an agent, which this server speaks for.</summary>
internal sealed record DidDocument(
    [property: JsonPropertyName("@context")] IReadOnlyList<string> Context,
    string Id,
    string? Controller,
    IReadOnlyList<DidDocument.Method>? VerificationMethod,
    IReadOnlyList<string>? Authentication,
    IReadOnlyList<string>? AssertionMethod,
    IReadOnlyList<DidDocument.Endpoint> Service)
{
    private static readonly string[] Contexts = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"];

    /// <summary>The server's own document.</summary>
    public static DidDocument Of(IReadOnlyList<PublicJwk> keys, GrantsOptions options)
    {
        var did = ServerDid(options);
        string[] methods = [.. keys.Select(key => $"{did}#{key.Kid}")];
        return new DidDocument(
            Contexts,
            did,
            null,
            [.. keys.Select(key => new Method($"{did}#{key.Kid}", "JsonWebKey2020", did, key))],
            methods,
            methods,
            [new Endpoint($"{did}#jwks", "JsonWebKeySet", $"{options.PublicBaseUrl}/.well-known/jwks.json"), Protocol(did, options)]);
    }

    /// <summary>An agent's document. It has no key of its own here: this server signs what says who it is.</summary>
    public static DidDocument Of(Agent agent, GrantsOptions options) =>
        new(Contexts, agent.Did, ServerDid(options), null, null, null, [Protocol(agent.Did, options)]);

    private static Endpoint Protocol(string did, GrantsOptions options) => new($"{did}#grant-protocol", "GrantexProtocol", $"{options.PublicBaseUrl}/v1");

    /// <summary>A port's colon is escaped in a <c>did:web</c> (did:web method, 3.1).</summary>
    private static string ServerDid(GrantsOptions options) => $"did:web:{options.DidWebDomain.Replace(":", "%3A", StringComparison.Ordinal)}";

    /// <summary>A key.</summary>
    internal sealed record Method(string Id, string Type, string Controller, PublicJwk PublicKeyJwk);

    /// <summary>A service.</summary>
    internal sealed record Endpoint(string Id, string Type, string ServiceEndpoint);
}
