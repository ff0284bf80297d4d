using System.Text.Json.Nodes;
using Credence.Scim;
using Credence.Server.Grants.Pipeline;

namespace Credence.Server.Grants.Scim;

/// <summary>What a directory may ask before it has a token: the three descriptions of RFC 7644 4.</summary>
internal static class ScimDescriptionsApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapMethods($"{ScimDoor.Base}/ServiceProviderConfig", RouteFacts.Read, (ScimDescriptions all) => ScimAnswers.Json(200, all.Config())).NeedsNoKey();
        routes.MapMethods($"{ScimDoor.Base}/ResourceTypes", RouteFacts.Read, (ScimDescriptions all) => List(ScimKind.All.Select(all.Type))).NeedsNoKey();
        routes.MapMethods($"{ScimDoor.Base}/ResourceTypes/{{name}}", RouteFacts.Read, Type).NeedsNoKey();
        routes.MapMethods($"{ScimDoor.Base}/Schemas", RouteFacts.Read, (ScimDescriptions all) => List(ScimSchema.All.Select(all.Schema))).NeedsNoKey();
        routes.MapMethods($"{ScimDoor.Base}/Schemas/{{urn}}", RouteFacts.Read, Schema).NeedsNoKey();
    }

    private static IResult Type(string name, ScimDescriptions all) =>
        ScimKind.All.FirstOrDefault(kind => kind.Name == name) is { } kind ? ScimAnswers.Json(StatusCodes.Status200OK, all.Type(kind)) : ScimFailures.NotFound.Answer();

    private static IResult Schema(string urn, ScimDescriptions all) =>
        ScimSchema.All.FirstOrDefault(schema => schema.Urn.Equals(urn, StringComparison.OrdinalIgnoreCase)) is { } schema
            ? ScimAnswers.Json(StatusCodes.Status200OK, all.Schema(schema))
            : ScimFailures.NotFound.Answer();

    private static IResult List(IEnumerable<JsonObject> all)
    {
        var resources = new JsonArray([.. all]);
        return ScimAnswers.Json(StatusCodes.Status200OK, ScimLists.Of(resources.Count, 1, resources.Count, resources));
    }
}
