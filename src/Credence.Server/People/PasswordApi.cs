using Credence.SignIn;

namespace Credence.Server.People;

/// <summary><c>POST /auth/change-password</c> (contract identity ID-14).</summary>
internal static class PasswordApi
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(PeopleDoor.Base + "/auth/change-password", Change);

    private static async Task<IResult> Change(PeopleCall call, ChangePassword change, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var body = call.Body;
        var scheme = body.TextOrNull("scheme", 64);
        var old = body.Password("oldCredential");
        var next = body.NewPassword("newCredential");
        if (old == next) body.Refuse("newCredential", SignInFailures.SamePassword);
        if (body.TextOrNull("userId", 32) is { } named && named != call.Claims.Person.ToString()) body.Refuse("userId", "must be the caller's");
        if (scheme is not null && !scheme.Equals("BASIC", StringComparison.OrdinalIgnoreCase)) body.Refuse("scheme", "must be BASIC");
        if (call.Invalid() is { } invalid) return invalid;
        return (await change.RunAsync(call.Caller, new ChangePassword.Input(old, next, call.Network), ct)).Done();
    }
}
