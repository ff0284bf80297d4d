namespace Credence.Server.Agents;

/// <summary>Every path under this door's base, and every method of a path, that it does not have (design D20).</summary>
internal static class UnknownPaths
{
    /// <summary>Maps the route; any that says more of a path wins over it.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Map(AgentsDoor.Base + "/{**path}", Answer).NeedsNoToken();

    private static AgentsRefusal Answer(HttpContext context) =>
        new(StatusCodes.Status404NotFound, "NOT_FOUND", $"{context.Request.Method} {context.Request.Path} is nothing that this server answers.");
}
