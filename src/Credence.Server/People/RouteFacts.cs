using Credence.Server.Doors;

namespace Credence.Server.People;

/// <summary>Endpoint metadata: this endpoint belongs to the people door, so its pipeline runs before it.</summary>
internal sealed record OfPeopleDoor;

/// <summary>Endpoint metadata: nobody is counted here (contract identity ID-1 to ID-3).</summary>
internal sealed record IsUncounted;

/// <summary>Endpoint metadata: only programs of the operator call it, with a name and a secret (contract identity B.3); a person's token does not do.</summary>
internal sealed record NeedsBasic;

/// <summary>Endpoint metadata: the caller's roles must allow this, such as <c>User.read</c> (contract identity B.7).</summary>
/// <param name="Resource">To what something is done.</param>
/// <param name="Action">What is done.</param>
internal sealed record NeedsPermission(string Resource, string Action)
{
    /// <summary>Whether the person whom the path names may call it for themselves too.</summary>
    public bool OrSelf { get; init; }

    /// <summary>Whether the caller may have the permission in the domain that the request names, and then sees and changes that domain alone.</summary>
    public bool InDomain { get; init; }
}

/// <summary>Endpoint metadata: sister services call it too, with a name and a secret (contract identity B.3).</summary>
internal sealed record TakesBasic;

/// <summary>How an endpoint file says what the pipeline must know of a route.</summary>
internal static class RouteFacts
{
    /// <summary>GET, and HEAD with it.</summary>
    public static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Needs no token.</summary>
    public static TBuilder NeedsNoToken<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsNoToken());

    /// <summary>Needs no token, and is where passwords and codes are tried: counted by itself for each address.</summary>
    public static TBuilder Guarded<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsNoToken(), new IsGuarded());

    /// <summary>Needs no token, and nobody is counted.</summary>
    public static TBuilder Uncounted<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsNoToken(), new IsUncounted());

    /// <summary>The caller's roles must allow this in every domain.</summary>
    public static TBuilder NeedsPermission<TBuilder>(this TBuilder route, string resource, string action)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsPermission(resource, action));

    /// <summary>The caller's roles must allow this in every domain, unless it is about themselves.</summary>
    public static TBuilder NeedsPermissionOrSelf<TBuilder>(this TBuilder route, string resource, string action)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsPermission(resource, action) { OrSelf = true });

    /// <summary>The caller's roles must allow this in the domain that the request names, which is then all there is.</summary>
    public static TBuilder NeedsPermissionInDomain<TBuilder>(this TBuilder route, string resource, string action)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsPermission(resource, action) { InDomain = true });

    /// <summary>Only programs of the operator, with a name and a secret.</summary>
    public static TBuilder NeedsBasic<TBuilder>(this TBuilder route)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new NeedsBasic());
}
