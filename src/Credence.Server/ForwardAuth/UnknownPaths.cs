namespace Credence.Server.ForwardAuth;

/// <summary>Every path under <c>/auth</c> that this door does not have (design D20).</summary>
internal static class UnknownPaths
{
    private static readonly ForwardAuthRefusal NotFound = new(StatusCodes.Status404NotFound, "not found");

    /// <summary>Maps the routes; any that says more of a path wins over them.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.Map("/auth/{**path}", IResult () => NotFound);
}
