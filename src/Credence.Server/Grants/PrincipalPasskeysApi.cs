using Credence.Passkeys;
using Credence.Principals;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;

namespace Credence.Server.Grants;

/// <summary><c>/v1/principal/passkeys</c>: a person, with a session, enrols passkeys of their own, sees and removes them (docs/decisions/0028).</summary>
internal static class PrincipalPasskeysApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/principal/passkeys/options", Begin).NeedsSession();
        routes.MapPost("/v1/principal/passkeys", Finish).NeedsSession();
        routes.MapMethods("/v1/principal/passkeys", RouteFacts.Read, List).NeedsSession();
        routes.MapDelete("/v1/principal/passkeys/{id}", Remove).NeedsSession();
    }

    private static async Task<IResult> Begin(GrantsCall call, OwnPasskeys own, CancellationToken ct) =>
        (await own.BeginAsync(call.Session, ct)).Ok(Ceremony.Of, GrantsJson.Wire.Ceremony);

    private static async Task<IResult> Finish(GrantsCall call, OwnPasskeys own, CancellationToken ct)
    {
        var made = NewPasskey.Read(call);
        return made.Succeeded
            ? (await own.FinishAsync(call.Session, made.Value.Challenge, made.Value.Response, made.Value.DeviceName, ct)).Created(PasskeyShape.Of, GrantsJson.Wire.PasskeyShape)
            : made.Failure.Answer();
    }

    private static async Task<IResult> List(GrantsCall call, OwnPasskeys own, CancellationToken ct) =>
        Answers.Ok(PasskeyList.Of(await own.ListAsync(call.Session, ct)), GrantsJson.Wire.PasskeyList);

    private static async Task<IResult> Remove(string id, GrantsCall call, OwnPasskeys own, CancellationToken ct) =>
        (await own.RemoveAsync(call.Session, Ids.Read<Passkey>(id), ct)).Done();
}
