using Credence.People;
using Credence.SignIn;

namespace Credence.Server.People;

/// <summary><c>/auth/phone-auth</c>: signing in with a code instead of a password (contract identity ID-24, ID-25).</summary>
internal static class PhoneAuthApi
{
    private const string Path = PeopleDoor.Base + "/auth/phone-auth";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path + "/request", Request).Guarded();
        routes.MapPost(Path + "/verify", Verify).Guarded();
    }

    private static async Task<IResult> Request(PeopleCall call, SignInWithCode signIn, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var number = call.Body.Reachable("phone", IdentifierScheme.PhoneNumber);
        var locale = call.Body.Locale();
        if (call.Invalid() is { } invalid) return invalid;
        return (await signIn.RequestAsync(number, locale, ct)).Ok(CodeSentShape.Of, PeopleJson.Wire.CodeSentShape);
    }

    private static async Task<IResult> Verify(PeopleCall call, SignInWithCode signIn, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var (session, code) = call.Body.Code();
        var client = call.Body.TextOrNull("clientId", 128);
        if (call.Invalid() is { } invalid) return invalid;
        return (await signIn.RunAsync(new SignInWithCode.Input(session, code, client, call.Origin), ct)).Signed();
    }
}
