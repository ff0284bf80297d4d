using System.Net.Mime;
using System.Text;
using Credence.Server.Doors;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Credence.Server.People.OpenApi;

/// <summary><c>/doc</c> and <c>/doc/openapi.json</c>: what this door takes and answers (contract identity ID-4, ID-5).</summary>
internal static class DocumentApi
{
    /// <summary>Maps the routes.</summary>
    /// <param name="routes">The door.</param>
    /// <param name="isPublic">Whether it is shown without a token (<c>APP_ENV_DOC_PUBLIC</c>).</param>
    public static void Map(IEndpointRouteBuilder routes, bool isPublic)
    {
        var json = routes.MapMethods(PeopleDoor.Base + "/doc/openapi.json", RouteFacts.Read, (ApiDocument document) => new JsonAnswer(StatusCodes.Status200OK, document.Json));
        var page = routes.MapMethods(PeopleDoor.Base + "/doc", RouteFacts.Read, Page);
        if (!isPublic) return;
        json.NeedsNoToken();
        page.NeedsNoToken();
    }

    private static ContentHttpResult Page(HttpContext http, ApiDocument document)
    {
        http.Response.Headers.ContentSecurityPolicy = DocumentPage.Policy;
        return TypedResults.Text(DocumentPage.Write(document.Tree), MediaTypeNames.Text.Html, Encoding.UTF8);
    }
}
