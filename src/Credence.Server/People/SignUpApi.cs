using Credence.SignIn;

namespace Credence.Server.People;

/// <summary><c>POST /auth/sign-up</c>: a person begins (contract identity ID-10).</summary>
internal static class SignUpApi
{
    /// <summary>Maps the route.</summary>
    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost(PeopleDoor.Base + "/auth/sign-up", SignUp).Guarded();

    private static async Task<IResult> SignUp(PeopleCall call, SignUpPerson signUp, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var account = call.Account();
        if (call.Invalid() is { } invalid) return invalid;
        var begun = await signUp.RunAsync(new SignUpPerson.Input(account.UserName, account.Password, account.Email, account.PhoneNumber, account.Profile, call.Origin), ct);
        return begun.Created(Begun.Of, PeopleJson.Wire.Begun);
    }

    /// <summary>The answer.</summary>
    internal sealed record Begun(string UserId, IReadOnlyList<IdentifierShape> Identifiers, CodeSentShape? Verification)
    {
        public static Begun Of(SignUpPerson.Output output) =>
            new(
                output.Person.ToString(), [.. output.Identifiers.Select(each => new IdentifierShape(each.Scheme.Word(), each.Value, each.Verified))],
                output.Verification is { } sent ? CodeSentShape.Of(sent) : null);
    }

    /// <summary>What somebody signs in with.</summary>
    internal sealed record IdentifierShape(string Scheme, string Value, bool Verified);
}
