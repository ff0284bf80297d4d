using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Keys;

namespace Credence.Server.Doors;

/// <summary>A DID document (W3C DID Core 1.0, 5): of this server, with its keys, or of an agent.</summary>
internal sealed record DidDocument(
    [property: JsonPropertyName("@context")] IReadOnlyList<string> Context,
    string Id,
    string? Controller,
    IReadOnlyList<DidDocument.Method>? VerificationMethod,
    IReadOnlyList<string>? Authentication,
    IReadOnlyList<string>? AssertionMethod,
    IReadOnlyList<DidDocument.Endpoint> Service)
{
    /// <summary>What its members mean.</summary>
    public static readonly IReadOnlyList<string> Contexts = ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"];

    /// <summary>The server's own DID. A port's colon is escaped in a <c>did:web</c> (did:web method, 3.1).</summary>
    public static string OfServer(string domain) => $"did:web:{domain.Replace(":", "%3A", StringComparison.Ordinal)}";

    /// <summary>A key.</summary>
    internal sealed record Method(string Id, string Type, string Controller, PublicJwk PublicKeyJwk);

    /// <summary>A service.</summary>
    internal sealed record Endpoint(string Id, string Type, string ServiceEndpoint);
}

/// <summary>What resolving a DID gives (DID Core 7.1).</summary>
internal sealed record DidResolution(DidDocument DidDocument, DidResolution.ResolutionMetadata DidResolutionMetadata, DidResolution.DocumentMetadata DidDocumentMetadata)
{
    /// <summary>How it was resolved.</summary>
    internal sealed record ResolutionMetadata(string ContentType);

    /// <summary>What is known of the document; its times are without a fraction (7.1.3).</summary>
    internal sealed record DocumentMetadata(string Created, string Updated, bool Deactivated);
}

/// <summary>How these are written, the same at every door: what a document does not have is left out.</summary>
[JsonSerializable(typeof(DidDocument))]
[JsonSerializable(typeof(DidResolution))]
internal sealed partial class DidJson : JsonSerializerContext
{
    /// <summary>The shapes.</summary>
    public static DidJson Wire { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
