using Credence.People;
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
        var body = call.Body;
        var typed = body.Text("username", Normalized.LongestName, Normalized.ShortestName);
        var name = Normalized.UserName(typed);
        if (name is null) body.Refuse("username", "must have 4 to 80 Latin letters, digits, or signs of . _ -");
        var email = body.IdentifierOrNull("email", IdentifierScheme.Email, "must be an e-mail address");
        var phone = body.IdentifierOrNull("phone", IdentifierScheme.PhoneNumber, "must be a telephone number with its country, such as +84912345678");
        string[] names = [.. new[] { name, email?[..email.IndexOf('@', StringComparison.Ordinal)] }.OfType<string>()];
        var password = body.NewPassword("credential", names);
        var profile = ProfileOf(call);
        if (call.Invalid() is { } invalid) return invalid;
        var begun = await signUp.RunAsync(new SignUpPerson.Input(name!, password, email, phone, profile, call.Origin), ct);
        return begun.Created(Begun.Of, PeopleJson.Wire.Begun);
    }

    private static PersonProfile ProfileOf(PeopleCall call)
    {
        if (call.PartOrNull("profile") is not { } profile) return PersonProfile.None;
        return new PersonProfile(profile.NameOrNull("firstName", 100), profile.NameOrNull("lastName", 100), null, profile.NameOrNull("locale", 16));
    }

    /// <summary>The answer.</summary>
    internal sealed record Begun(string UserId, IReadOnlyList<IdentifierShape> Identifiers, Verification? Verification)
    {
        public static Begun Of(SignUpPerson.Output output) =>
            new(output.Person.ToString(), [.. output.Identifiers.Select(each => new IdentifierShape(each.Scheme.Word(), each.Value, each.Verified))], null);
    }

    /// <summary>What somebody signs in with.</summary>
    internal sealed record IdentifierShape(string Scheme, string Value, bool Verified);

    /// <summary>Where a code that was sent is to be shown.</summary>
    internal sealed record Verification(string SessionToken, string ExpiresAt);
}
