namespace Credence.Server.Grants.Pipeline;

/// <summary>Endpoint metadata: this endpoint belongs to the grants door, so its pipeline runs before it.</summary>
internal sealed record OfGrantsDoor;

/// <summary>Endpoint metadata: needs no API key (contract grantex 1.4).</summary>
internal sealed record NeedsNoKey;

/// <summary>Endpoint metadata: needs a principal's session in place of an API key, and counts against no plan (contract grantex 1.3, 3.1).</summary>
internal sealed record NeedsSession;

/// <summary>Endpoint metadata: needs the operator's key instead of an organization's (contract grantex 1.3).</summary>
internal sealed record NeedsAdminKey;

/// <summary>Endpoint metadata: needs a SCIM token in place of an API key, and counts against no plan (contract grantex 1.3, 3.1).</summary>
internal sealed record NeedsScimToken;

/// <summary>Endpoint metadata: bodies may be <c>application/scim+json</c> too (RFC 7644 3.1).</summary>
internal sealed record TakesScimJson;

/// <summary>Endpoint metadata: refusals are worded otherwise than the rest of this door words them.</summary>
/// <param name="WriteAsync">Writes status and body.</param>
internal sealed record RefusalShape(Func<HttpContext, Refusal, Task> WriteAsync);

/// <summary>Endpoint metadata: changes nothing though it is a POST, so a read-only key may call it.</summary>
internal sealed record OnlyReads;

/// <summary>Endpoint metadata: no rate limit and no rate-limit header (contract grantex 3.1, the key set).</summary>
internal sealed record NotLimited;

/// <summary>Endpoint metadata: its own limit for each client address, in place of the default one.</summary>
/// <param name="PerMinute">Calls a minute.</param>
/// <param name="Bucket">What is counted together: method and pattern.</param>
internal sealed record AddressLimit(int PerMinute, string Bucket);

/// <summary>Endpoint metadata: which totals and durations its answers are counted in.</summary>
/// <param name="Of">The operation.</param>
internal sealed record Measured(MeasuredOperation Of);

/// <summary>The operations that have totals of their own (contract operations O40, O41).</summary>
internal enum MeasuredOperation
{
    /// <summary><c>POST /v1/authorize</c>.</summary>
    Authorize,

    /// <summary><c>POST /v1/token</c>.</summary>
    TokenExchange,

    /// <summary><c>POST /v1/token/refresh</c>.</summary>
    TokenRefresh,
}

/// <summary>How an endpoint file says what the pipeline must know of a route.</summary>
internal static class RouteFacts
{
    /// <summary>GET, and HEAD with it (contract grantex 1.6).</summary>
    public static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Needs no API key.</summary>
    public static TBuilder NeedsNoKey<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsNoKey());

    /// <summary>Needs a principal's session in place of an API key.</summary>
    public static TBuilder NeedsSession<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsSession());

    /// <summary>Needs the operator's key, and no API key.</summary>
    public static TBuilder NeedsAdminKey<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsAdminKey(), new NeedsNoKey());

    /// <summary>A read-only key may call it.</summary>
    public static TBuilder OnlyReads<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new OnlyReads());

    /// <summary>No rate limit applies.</summary>
    public static TBuilder NotLimited<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NotLimited());

    /// <summary>Each client address may call it <paramref name="perMinute"/> times a minute.</summary>
    public static TBuilder LimitAddress<TBuilder>(this TBuilder route, int perMinute)
        where TBuilder : IEndpointConventionBuilder
    {
        route.Add(endpoint =>
        {
            var methods = endpoint.Metadata.OfType<IHttpMethodMetadata>().Last().HttpMethods;
            endpoint.Metadata.Add(new AddressLimit(perMinute, $"{methods[0]}:{((RouteEndpointBuilder)endpoint).RoutePattern.RawText}"));
        });
        return route;
    }

    /// <summary>Its answers are counted as <paramref name="operation"/>.</summary>
    public static TBuilder Measured<TBuilder>(this TBuilder route, MeasuredOperation operation)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new Measured(operation));
}
