using Credence.SecondFactors;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.People;

/// <summary><c>/auth/sign-in/second-factor</c>: the second step of signing in; and <c>/auth/second-factors</c>: what it is taken with (docs/decisions/0044).</summary>
internal static class SecondFactorsApi
{
    private const string Step = PeopleDoor.Base + "/auth/sign-in/second-factor", Own = PeopleDoor.Base + "/auth/second-factors";

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost(Step, Finish).Guarded();
        routes.MapPost(Step + "/passkey", AskPasskey).Guarded();
        routes.MapMethods(Own, RouteFacts.Read, List);
        routes.MapPost(Own + "/totp", BeginTotp);
        routes.MapPost(Own + "/totp/confirm", ConfirmTotp);
        routes.MapPost(Own + "/totp/remove", (PeopleCall call, RemoveFactor remove, CancellationToken ct) => Remove(SecondFactor.Totp, call, remove, ct));
        routes.MapPost(Own + "/passkey", AskForPasskeys);
        routes.MapPost(Own + "/passkey/remove", (PeopleCall call, RemoveFactor remove, CancellationToken ct) => Remove(SecondFactor.Passkey, call, remove, ct));
        routes.MapPost(Own + "/recovery-codes", RenewCodes);
    }

    private static async Task<IResult> Finish(PeopleCall call, FinishSignIn finish, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var token = call.Body.StepToken();
        var proof = call.Body.Factor();
        if (call.Invalid() is { } invalid) return invalid;
        var signed = await finish.RunAsync(new FinishSignIn.Input(token, proof, call.Origin, call.Network), ct);
        if (signed.Succeeded) call.Facts.UserId = signed.Value.Claims.Person.ToString();
        return signed.Ok(SignInApi.Tokens.Of, PeopleJson.Wire.Tokens);
    }

    private static async Task<IResult> AskPasskey(PeopleCall call, FinishSignIn finish, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var token = call.Body.StepToken();
        if (call.Invalid() is { } invalid) return invalid;
        return (await finish.AskPasskeyAsync(token, ct)).Ok(PasskeyAsked.Of, PeopleJson.Wire.PasskeyAsked);
    }

    private static async Task<IResult> List(PeopleCall call, Db db, CancellationToken ct) =>
        PeopleAnswers.Ok(FactorsShape.Of(await PersonFactors.OfAsync(db, call.Claims.Person, ct)), PeopleJson.Wire.FactorsShape);

    private static async Task<IResult> BeginTotp(PeopleCall call, EnrolTotp enrol, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var shown = call.AgainOrNull();
        if (call.Invalid() is { } invalid) return invalid;
        return (await enrol.BeginAsync(call.Caller, shown, ct)).Ok(NewTotpShape.Of, PeopleJson.Wire.NewTotpShape);
    }

    private static async Task<IResult> ConfirmTotp(PeopleCall call, EnrolTotp enrol, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var code = call.Body.Text("code", 32);
        if (call.Invalid() is { } invalid) return invalid;
        return (await enrol.ConfirmAsync(call.Caller, code, ct)).Ok(RecoveryCodesShape.Of, PeopleJson.Wire.RecoveryCodesShape);
    }

    private static async Task<IResult> AskForPasskeys(PeopleCall call, AskForPasskey ask, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var shown = call.AgainOrNull();
        if (call.Invalid() is { } invalid) return invalid;
        return (await ask.RunAsync(call.Caller, shown, ct)).Ok(RecoveryCodesShape.Of, PeopleJson.Wire.RecoveryCodesShape);
    }

    private static async Task<IResult> Remove(SecondFactor factor, PeopleCall call, RemoveFactor remove, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var shown = call.Again();
        if (call.Invalid() is { } invalid) return invalid;
        return (await remove.RunAsync(call.Caller, factor, shown, ct)).Done();
    }

    private static async Task<IResult> RenewCodes(PeopleCall call, RenewRecoveryCodes renew, CancellationToken ct)
    {
        if (await call.ReadAsync(ct) is { } unread) return unread;
        var shown = call.Again();
        if (call.Invalid() is { } invalid) return invalid;
        return (await renew.RunAsync(call.Caller, shown, ct)).Ok(RecoveryCodesShape.Of, PeopleJson.Wire.RecoveryCodesShape);
    }
}
