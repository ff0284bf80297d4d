using Credence.People;
using Credence.SignIn;

namespace Credence.Server.People;

/// <summary><c>/auth/link</c>: a signed-in person adds an address or number (contract identity ID-29 to ID-32).</summary>
internal static class LinkApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, "email", IdentifierScheme.Email);
        Map(routes, "phone", IdentifierScheme.PhoneNumber);
    }

    private static void Map(IEndpointRouteBuilder routes, string name, IdentifierScheme scheme)
    {
        var path = $"{PeopleDoor.Base}/auth/link/{name}";
        routes.MapPost(path + "/request", (PeopleCall call, LinkIdentifier link, CancellationToken ct) => Request(name, scheme, call, link, ct));
        routes.MapPost(path + "/confirm", (PeopleCall call, LinkIdentifier link, CancellationToken ct) => Confirm(scheme, call, link, ct));
    }

    private static async Task<IResult> Request(string name, IdentifierScheme scheme, PeopleCall call, LinkIdentifier link, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var value = call.Body.Reachable(name, scheme);
        if (call.Invalid() is { } invalid) return invalid;
        return (await link.RequestAsync(call.Caller, scheme, value, ct)).Ok(CodeSentShape.Of, PeopleJson.Wire.CodeSentShape);
    }

    private static async Task<IResult> Confirm(IdentifierScheme scheme, PeopleCall call, LinkIdentifier link, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var (session, code) = call.Body.Code();
        if (call.Invalid() is { } invalid) return invalid;
        return (await link.ConfirmAsync(call.Caller, scheme, session, code, ct)).Ok(LinkedShape.Of, PeopleJson.Wire.LinkedShape);
    }
}
