using Credence.Server.Doors;

namespace Credence.Server.OAuth;

/// <summary>What anybody may read: the key sets, the server's DID document, and discovery (contracts grantex-core 13, agent-idp AE-27 and AE-32 to AE-34).</summary>
internal static class WellKnownApi
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the routes. No pipeline of a door has anything to say to them.</summary>
    public static void Map(IEndpointRouteBuilder routes, OAuthOptions options)
    {
        Serve("/.well-known/jwks.json", documents => documents.RsaKeys);
        Serve("/oauth2/jwks", documents => documents.Keys);
        Serve("/.well-known/did.json", documents => documents.Did);
        if (!options.HasAgents) return; // nothing to discover: the grants door speaks its own protocol
        Serve("/.well-known/openid-configuration", documents => documents.Discovery);
        Serve("/.well-known/oauth-authorization-server", documents => documents.Discovery);

        void Serve(string path, Func<WellKnownDocuments, PublicDocument> which) =>
            routes.MapMethods(path, Read, (WellKnownDocuments documents) => (IResult)which(documents)).ShortCircuit();
    }
}

/// <summary>A document for everybody, which pages of any origin may read (contract standards 2).</summary>
/// <param name="answer">The document.</param>
/// <param name="isKept">Whether caches may keep it for five minutes (standards 6.4).</param>
internal sealed class PublicDocument(JsonAnswer answer, bool isKept) : IResult
{
    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        if (isKept) httpContext.Response.Headers.CacheControl = "public, max-age=300";
        httpContext.Response.Headers.AccessControlAllowOrigin = "*";
        return answer.ExecuteAsync(httpContext);
    }
}
