namespace Credence.Server.People;

/// <summary>Every path under this door's base, and every method of a path, that it does not have (design D20).</summary>
internal static class UnknownPaths
{
    /// <summary>Maps the route; any that says more of a path wins over it.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Map(PeopleDoor.Base + "/{**path}", Answer).NeedsNoToken();
        routes.Map("/jw-certs/{**path}", Answer).NeedsNoToken();
    }

    private static PeopleRefusal Answer(HttpContext context) =>
        new(StatusCodes.Status404NotFound, $"{context.Request.Method} {context.Request.Path} is nothing that this server answers");
}
