using System.Text.Json.Serialization;
using Credence.Passkeys;
using Credence.Server.Doors;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary>What the routes for an organization and those for a person read alike: a passkey that a browser made.</summary>
/// <param name="Challenge">The challenge that is answered.</param>
/// <param name="Response">The answer.</param>
/// <param name="DeviceName">What it shall be called, or null.</param>
internal sealed record NewPasskey(Id<PasskeyChallenge> Challenge, EnrolmentResponse Response, string? DeviceName)
{
    private const int DeviceNameLength = 100;

    /// <summary>Reads the body.</summary>
    public static Result<NewPasskey> Read(GrantsCall call)
    {
        var challenge = call.Body.Text("challengeId", 64);
        var json = call.Body.Json("response");
        var deviceName = call.Body.NameOrNull("deviceName", DeviceNameLength);
        if (call.Body.Problem is { } problem) return problem;
        var response = EnrolmentResponse.Read(json);
        return response.Succeeded ? new NewPasskey(Ids.Read<PasskeyChallenge>(challenge), response.Value, deviceName) : response.Failure;
    }
}

/// <summary>What a browser is to do, and the challenge to name in the answer.</summary>
internal sealed record Ceremony(string ChallengeId, [property: JsonConverter(typeof(AsWritten))] string PublicKey)
{
    public static Ceremony Of(CeremonyOptions options) => new(options.Challenge.Id.ToString(), options.Json);
}

/// <summary>Somebody's passkeys.</summary>
internal sealed record PasskeyList(List<PasskeyShape> Credentials)
{
    public static PasskeyList Of(List<Passkey> passkeys) => new(passkeys.ConvertAll(PasskeyShape.Of));
}

/// <summary>A passkey; what the protocol does not know comes after what it does.</summary>
internal sealed record PasskeyShape(
    string Id,
    string PrincipalId,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? DeviceName,
    bool BackedUp,
    IReadOnlyList<string> Transports,
    string CreatedAt,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? LastUsedAt,
    string Enrolment,
    string Attestation,
    string Aaguid)
{
    public static PasskeyShape Of(Passkey passkey) => new(
        passkey.Id.ToString(),
        passkey.Owner.Name,
        passkey.DeviceName,
        passkey.BackedUp,
        passkey.Transports,
        passkey.CreatedAt.Iso(),
        passkey.LastUsedAt?.Iso(),
        Words.Of(passkey.Enrolment),
        Words.Of(passkey.Attestation),
        passkey.Aaguid.ToString());
}
