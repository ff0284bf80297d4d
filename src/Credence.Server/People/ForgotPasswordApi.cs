using Credence.People;
using Credence.SignIn;

namespace Credence.Server.People;

/// <summary><c>/auth/forgot-password</c>: another password for who lost theirs (contract identity ID-26 to ID-28).</summary>
internal static class ForgotPasswordApi
{
    private const string Path = PeopleDoor.Base + "/auth/forgot-password";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Path + "/request", Request).Guarded();
        routes.MapPost(Path + "/verify", Verify).Guarded();
        routes.MapPost(Path + "/reset", Reset).Guarded();
    }

    private static async Task<IResult> Request(PeopleCall call, RecoverPassword recover, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var identifier = call.Part("identifier");
        var scheme = identifier.Scheme("scheme");
        var typed = identifier.Text("value", 320);
        var value = Normalized.Of(scheme, typed);
        if (value is null && identifier.Problems.Count == 0) identifier.Refuse("value", $"must be an identifier of the scheme {scheme.Word()}");
        var locale = call.Body.Locale();
        if (call.Invalid() is { } invalid) return invalid;
        return (await recover.RequestAsync(scheme, value!, locale, ct)).Ok(CodeSentShape.Of, PeopleJson.Wire.CodeSentShape);
    }

    private static async Task<IResult> Verify(PeopleCall call, RecoverPassword recover, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var (session, code) = call.Body.Code();
        if (call.Invalid() is { } invalid) return invalid;
        return (await recover.ProveAsync(session, code, ct)).Ok(proven => new Proven(proven.Token, proven.ExpiresAt.Iso()), PeopleJson.Wire.Proven);
    }

    private static async Task<IResult> Reset(PeopleCall call, RecoverPassword recover, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var token = call.Body.Text("resetToken", 128);
        var password = call.Body.NewPassword("newCredential");
        if (call.Invalid() is { } invalid) return invalid;
        return (await recover.ResetAsync(new RecoverPassword.Reset(token, password, call.Origin), ct)).Done();
    }

    /// <summary>What a password is set with.</summary>
    internal sealed record Proven(string ResetToken, string ExpiresAt);
}
