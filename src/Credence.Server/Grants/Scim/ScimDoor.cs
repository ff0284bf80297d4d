using Credence.Scim;
using Credence.Server.Grants.Pipeline;
using Credence.Server.Hosting.Requests;

namespace Credence.Server.Grants.Scim;

/// <summary><c>/scim/v2</c>: where company directories tell of users and groups (RFC 7644; contract grantex-enterprise 3).</summary>
internal static class ScimDoor
{
    /// <summary>The base of every path here.</summary>
    public const string Base = "/scim/v2";

    /// <summary>Maps the routes. Bulk is not among them, and the description says so.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        var scim = routes.MapGroup("").WithMetadata(new TakesScimJson(), new RefusalShape(ScimAnswers.RefuseAsync), new UnforeseenShape(ScimAnswers.FailAsync));
        ScimDescriptionsApi.Map(scim);
        ScimResourcesApi.Map(scim);
        foreach (var kind in ScimKind.All) ScimResourcesApi.Map(scim, kind);
        scim.Map("/scim/{**path}", ScimAnswers.NotThere).NeedsNoKey();
    }

    /// <summary>Needs a SCIM token.</summary>
    public static void NeedsScimToken(this IEndpointConventionBuilder route) => route.WithMetadata(new NeedsScimToken());
}
