using System.Text.Json.Serialization.Metadata;
using Credence.Keys;
using Credence.Server.Doors;
using Credence.Telemetry;

namespace Credence.Server.OAuth;

/// <summary>The public documents, written anew only when the keys change: they are served from memory and survive any outage (design D2).</summary>
internal sealed class WellKnownDocuments(KeyRing keys, OAuthOptions options, EndpointDataSource endpoints, Metrics metrics)
{
    private volatile Written? _written;

    /// <summary><c>jwks.json</c>: RSA keys alone, because the grants protocol's clients refuse a set with any other (contract grantex 5.5).</summary>
    public PublicDocument RsaKeys => Current().RsaKeys;

    /// <summary>All keys.</summary>
    public PublicDocument Keys => Current().Keys;

    /// <summary><c>did.json</c> of this server.</summary>
    public PublicDocument Did => Current().Did;

    /// <summary>What the open doors offer.</summary>
    public PublicDocument Discovery => Current().Discovery;

    private Written Current()
    {
        var version = keys.Version;
        if (_written is { } written && written.Version == version) return written;
        metrics.DidDocumentGenerated();
        var all = keys.Published();
        var isKept = !options.HasGrants; // whose protocol says no-store of the documents it has in common with others (contract grantex 4.5)
        return _written = new Written(
            version,
            Document(new KeySet(keys.Published(KeyAlgorithm.RS256)), OAuthJson.Wire.KeySet, isKept),
            Document(new KeySet(all), OAuthJson.Wire.KeySet, isKept: true),
            Document(ServerDid.Of(all, options), DidJson.Wire.DidDocument, isKept),
            Document(DiscoveryDocument.Of(keys, options, IsServed), OAuthJson.Wire.DiscoveryDocument, isKept: true));
    }

    private static PublicDocument Document<T>(T body, JsonTypeInfo<T> type, bool isKept) => new(JsonAnswer.Of(StatusCodes.Status200OK, body, type), isKept);

    private bool IsServed(string path) => endpoints.Endpoints.Any(each => each is RouteEndpoint route && route.RoutePattern.RawText == path);

    private sealed record Written(int Version, PublicDocument RsaKeys, PublicDocument Keys, PublicDocument Did, PublicDocument Discovery);
}
