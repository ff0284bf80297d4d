using Credence.Server.Grants.Pipeline;

namespace Credence.Server.Grants;

/// <summary>Every path, and every method of a path, that no door has: 404, and only for those who may know (contract grantex 1.4; design D20).</summary>
internal static class UnknownPaths
{
    /// <summary>Maps the routes; any that says more of a path wins over them.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.Map("/{**path}", Answer);
        routes.Map("/.well-known/{**path}", Answer).NeedsNoKey();
    }

    /// <summary>The answer for what is not there.</summary>
    public static IResult Answer(HttpContext context)
    {
        if (context.Features.Get<GrantsCall>() is { } call) call.Outcome = "not_found";
        var body = new UnknownRoute($"{context.Request.Method} {context.Request.Path} is nothing that this server answers", "Not Found", StatusCodes.Status404NotFound);
        return Answers.Json(StatusCodes.Status404NotFound, body, GrantsJson.Wire.UnknownRoute);
    }
}
