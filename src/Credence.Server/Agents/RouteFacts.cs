using Credence.Server.Doors;

namespace Credence.Server.Agents;

/// <summary>Endpoint metadata: this endpoint belongs to the agents door, so its pipeline runs before it.</summary>
internal sealed record OfAgentsDoor;

/// <summary>Endpoint metadata: beside <see cref="NeedsNoToken"/>, whoever shows an access token is known by it.</summary>
internal sealed record MayShowToken;

/// <summary>Endpoint metadata: the access token must allow this (contract agent-idp B.3).</summary>
/// <param name="Scope">The scope.</param>
internal sealed record NeedsScope(string Scope);

/// <summary>
/// Endpoint metadata: what this route answers when a caller asks it about another organization's object. A test asks every route; one without this fails it.
/// </summary>
/// <param name="Status">The HTTP status.</param>
internal sealed record AnswersForeign(int Status);

/// <summary>Endpoint metadata: refusals are worded as RFC 6749 5.2 does (contract agent-idp B.6).</summary>
internal sealed record SpeaksOAuth;

/// <summary>How an endpoint file says what the pipeline, and the test of foreign objects, must know of a route.</summary>
internal static class RouteFacts
{
    /// <summary>GET, and HEAD with it.</summary>
    public static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Needs no access token.</summary>
    public static TBuilder NeedsNoToken<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsNoToken());

    /// <summary>Needs no access token, but knows the caller by one that is shown.</summary>
    public static TBuilder MayShowToken<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsNoToken(), new MayShowToken());

    /// <summary>The access token must have <paramref name="scope"/>.</summary>
    public static TBuilder NeedsScope<TBuilder>(this TBuilder route, string scope)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsScope(scope));

    /// <summary>Asked about another organization's object it answers <paramref name="status"/>: 404, unless a standard says otherwise.</summary>
    public static TBuilder AnswersForeign<TBuilder>(this TBuilder route, int status)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new AnswersForeign(status));

    /// <summary>Its refusals are RFC 6749's.</summary>
    public static TBuilder SpeaksOAuth<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new SpeaksOAuth(), new Hosting.Requests.UnforeseenShape(OAuthErrors.FailAsync));
}
