using Credence.People;
using Credence.SignIn;
using Credence.Tokens;

namespace Credence.Server.People;

/// <summary><c>/auth/sign-in</c>, <c>/auth/refresh</c>, <c>/auth/who-am-i</c>: a person's tokens (contract identity ID-11, ID-12, ID-15).</summary>
internal static class SignInApi
{
    private static readonly PeopleRefusal Unsupported = new(StatusCodes.Status400BadRequest, "Unsupported credential scheme");

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(PeopleDoor.Base + "/auth/sign-in", SignIn).Guarded();
        routes.MapPost(PeopleDoor.Base + "/auth/refresh", Refresh).Guarded();
        routes.MapMethods(PeopleDoor.Base + "/auth/who-am-i", RouteFacts.Read, WhoAmI);
    }

    private static async Task<IResult> SignIn(PeopleCall call, SignInWithPassword signIn, VerifyIdentifier verify, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var identifier = call.Part("identifier");
        var credential = call.Part("credential");
        var scheme = identifier.Scheme("scheme");
        var value = identifier.Text("value", 320);
        var how = credential.Text("scheme", 64);
        var password = credential.Password("value");
        var client = call.Body.TextOrNull("clientId", 128);
        if (call.Invalid() is { } invalid) return invalid;
        call.Facts.IdentifierScheme = scheme.Logged();
        if (!how.Equals("BASIC", StringComparison.OrdinalIgnoreCase)) return Unsupported;
        var signedIn = await signIn.RunAsync(new SignInWithPassword.Input(scheme, value, password, client, call.Origin, call.Network), ct);
        if (signedIn is { Succeeded: true, Value: SignedIn session }) call.Facts.UserId = session.Claims.Person.ToString();
        if (signedIn.Failure != SignInFailures.IdentifierUnverified) return signedIn.Signed();
        var sent = await verify.RequestAsync(scheme, Normalized.Of(scheme, value)!, locale: null, ct); // their password is proven: they may know what is missing (C.3)
        return signedIn.Failure.Answer() with { Verification = sent.Succeeded ? CodeSentShape.Of(sent.Value) : null };
    }

    private static async Task<IResult> Refresh(PeopleCall call, RefreshSession refresh, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var token = call.Body.Text("refreshToken", 512);
        if (call.Invalid() is { } invalid) return invalid;
        return (await refresh.RunAsync(token, call.Origin, ct)).Ok(Tokens.Of, PeopleJson.Wire.Tokens);
    }

    private static IResult WhoAmI(PeopleCall call) => PeopleAnswers.Ok(Caller.Of(call.Claims), PeopleJson.Wire.Caller);

    /// <summary>The answer to whoever signed in.</summary>
    internal sealed record Tokens(string UserId, IReadOnlyList<ClaimedRole> Roles, Token Token, RefreshToken RefreshToken)
    {
        public static Tokens Of(SignedIn signed) => new(
            signed.Claims.Person.ToString(), signed.Claims.Roles,
            new Token(signed.Jwt, "Bearer", (long)(signed.Claims.ExpiresAt - signed.Claims.IssuedAt).TotalSeconds),
            new RefreshToken(signed.RefreshToken, (long)(signed.RefreshExpiresAt - signed.Claims.Token.BornAt).TotalSeconds));
    }

    /// <summary>The token.</summary>
    internal sealed record Token(string Value, string Type, long ExpiresIn);

    /// <summary>What the next one is had with.</summary>
    internal sealed record RefreshToken(string Value, long ExpiresIn);

    /// <summary>What a token says of its bearer.</summary>
    internal sealed record Caller(string UserId, IReadOnlyList<ClaimedRole> Roles, string? ClientId, long Iat, long Exp, string Sid)
    {
        public static Caller Of(PersonClaims claims) => new(
            claims.Person.ToString(), claims.Roles, claims.ClientId, claims.IssuedAt.ToUnixTimeSeconds(), claims.ExpiresAt.ToUnixTimeSeconds(), claims.Session.ToString());
    }
}
