using Credence.Consent;
using Credence.Organizations;
using Credence.Passkeys;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/webauthn</c>: an organization enrols, lists and removes passkeys of its people; with one of them a person proves a consent (contract grantex-enterprise 10).</summary>
internal static class WebAuthnApi
{
    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/webauthn/register/options", Begin);
        routes.MapPost("/v1/webauthn/register/verify", Finish);
        routes.MapMethods("/v1/webauthn/credentials", RouteFacts.Read, List);
        routes.MapDelete("/v1/webauthn/credentials/{id}", Remove);
        routes.MapPost("/v1/webauthn/assert/options", BeginAssertion).NeedsNoKey();
        routes.MapPost("/v1/webauthn/assert/verify", FinishAssertion).NeedsNoKey();
    }

    private static async Task<IResult> Begin(GrantsCall call, EnrolPasskey enrol, PasskeyOptions options, Db db, CancellationToken ct)
    {
        var principal = call.Body.Text("principalId", 256);
        if (call.Body.Problem is { } problem) return problem.Answer();
        if (await OrganizationStore.FindAsync(db, call.Caller.Organization, ct) is not { } organization) return OrganizationFailures.NotFound.Answer();
        return (await enrol.BeginAsync(Enroller.Of(call.Caller), principal, options.NameOf(organization), ct)).Ok(Ceremony.Of, GrantsJson.Wire.Ceremony);
    }

    private static async Task<IResult> Finish(GrantsCall call, EnrolPasskey enrol, CancellationToken ct)
    {
        var made = NewPasskey.Read(call);
        if (!made.Succeeded) return made.Failure.Answer();
        var (challenge, response, deviceName) = made.Value;
        return (await enrol.FinishAsync(Enroller.Of(call.Caller), challenge, response, deviceName, ct)).Created(PasskeyShape.Of, GrantsJson.Wire.PasskeyShape);
    }

    private static async Task<IResult> List(GrantsCall call, Db db, CancellationToken ct)
    {
        var principal = call.Query.TextOrNull("principalId", 256);
        if (call.Query.Problem is { } problem) return problem.Answer();
        if (string.IsNullOrEmpty(principal)) return Failure.Invalid("principalId is required").Answer();
        var passkeys = await PasskeyStore.ListAsync(db, new PasskeyOwner(call.Caller.Organization.ToString(), principal), PasskeyEnrolment.Key, ct);
        return Answers.Ok(PasskeyList.Of(passkeys), GrantsJson.Wire.PasskeyList);
    }

    private static async Task<IResult> Remove(string id, GrantsCall call, RemovePasskey remove, CancellationToken ct) =>
        (await remove.RunAsync(call.Caller.Organization.ToString(), owner: null, Ids.Read<Passkey>(id), call.Caller.Key.ToString(), ct)).Done();

    private static async Task<IResult> BeginAssertion(GrantsCall call, ProveConsent prove, CancellationToken ct)
    {
        var request = call.Body.Text("authRequestId", 256);
        if (call.Body.Problem is { } problem) return problem.Answer();
        return (await prove.BeginAsync(Ids.Read<ConsentRequest>(request), ct)).Ok(Ceremony.Of, GrantsJson.Wire.Ceremony);
    }

    private static async Task<IResult> FinishAssertion(GrantsCall call, ProveConsent prove, CancellationToken ct)
    {
        var challenge = call.Body.Text("challengeId", 64);
        var response = call.Body.Json("response");
        if (call.Body.Problem is { } problem) return problem.Answer();
        var read = AssertionResponse.Read(response);
        if (!read.Succeeded) return read.Failure.Answer();
        return (await prove.FinishAsync(Ids.Read<PasskeyChallenge>(challenge), read.Value, expected: null, ct)).Ok(_ => new Proven(true), GrantsJson.Wire.Proven);
    }

    /// <summary>The person has proven that it is them.</summary>
    internal sealed record Proven(bool Verified);
}
