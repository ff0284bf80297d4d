using System.Text;
using System.Text.Json.Nodes;

namespace Credence.Server.People.OpenApi;

/// <summary>
/// The OpenAPI document of this door (contract identity ID-4): its routes, as they are mapped, with what their metadata says of who may call, and with words and shapes
/// from two files beside this one. It is written when somebody first asks, so that it costs a start nothing.
/// </summary>
internal sealed class ApiDocument(EndpointDataSource routes, PeopleDoorOptions options)
{
    private readonly Lazy<JsonObject> _document = new(() => Write(routes, options.PublicBaseUrl));
    private readonly Lock _turn = new();
    private byte[]? _json;

    /// <summary>As a tree, for the page.</summary>
    public JsonObject Tree => _document.Value;

    /// <summary>As JSON.</summary>
    public byte[] Json
    {
        get
        {
            lock (_turn) return _json ??= Encoding.UTF8.GetBytes(Tree.ToJsonString());
        }
    }

    /// <summary>What the files say of each operation.</summary>
    internal static JsonObject Described() => Read("operations.json");

    /// <summary>The operations that this door has, by method and path.</summary>
    internal static IEnumerable<(RouteEndpoint Route, string Method)> Operations(EndpointDataSource routes) =>
        from route in routes.Endpoints.OfType<RouteEndpoint>()
        where route.Metadata.GetMetadata<OfPeopleDoor>() is not null && route.RoutePattern.RawText?.Contains("{**", StringComparison.Ordinal) == false
        from method in route.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []
        where method != HttpMethods.Head
        select (route, method);

    private static JsonObject Write(EndpointDataSource routes, string server)
    {
        var described = Described();
        var paths = new JsonObject();
        foreach (var (route, method) in Operations(routes).OrderBy(each => each.Route.RoutePattern.RawText, StringComparer.Ordinal))
        {
            var path = route.RoutePattern.RawText!;
            var said = described[$"{method} {path}"] as JsonObject ?? [];
            if (paths[path] is not JsonObject item) paths[path] = item = [];
            item[method.ToLowerInvariant()] = ApiOperation.Write(route, method, said);
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Credence: people", ["version"] = "1", ["description"] = "Accounts of people, how they sign in, and what they may do." },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = server }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["schemas"] = Read("schemas.json"),
                ["securitySchemes"] = new JsonObject
                {
                    [ApiOperation.Bearer] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" },
                    [ApiOperation.Basic] = new JsonObject { ["type"] = "http", ["scheme"] = "basic" },
                },
            },
        };
    }

    private static JsonObject Read(string name)
    {
        using var file = typeof(ApiDocument).Assembly.GetManifestResourceStream(name)!;
        return JsonNode.Parse(file)!.AsObject();
    }
}
