using System.Text;
using System.Text.Json.Nodes;
using Credence.Passkeys;
using Credence.Server.Doors;

namespace Credence.Server.Pages;

/// <summary><c>/.well-known/webauthn</c>: the origins whose pages may use the passkeys of this domain, which browsers ask where an origin is no part of it (WebAuthn 5.11; standards 18).</summary>
internal static class RelatedOrigins
{
    private static readonly string[] Read = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Maps the route; no guard of pages has anything to say to it.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapMethods("/.well-known/webauthn", Read, (PasskeyOptions passkeys) =>
        (IResult)new JsonAnswer(StatusCodes.Status200OK, Encoding.UTF8.GetBytes(new JsonObject { ["origins"] = new JsonArray([.. passkeys.Origins.Select(origin => (JsonNode?)origin)]) }.ToJsonString())));
}
