using System.Text.Json.Serialization;
using Credence.Passkeys;
using Credence.SecondFactors;
using Credence.Server.Doors;
using Credence.SignIn;

namespace Credence.Server.People;

/// <summary>A second factor is asked for, and what it is shown with (docs/decisions/0044).</summary>
internal sealed record SecondFactorAsked(string SessionToken, string ExpiresAt, IReadOnlyList<string> Factors)
{
    public static SecondFactorAsked Of(SecondStep step) => new(step.Token, step.ExpiresAt.Iso(), [.. step.Ways.Select(way => way.Capital())]);
}

/// <summary>What a browser is to do, and the challenge to name in the answer.</summary>
internal sealed record PasskeyAsked(string ChallengeId, [property: JsonConverter(typeof(AsWritten))] string PublicKey)
{
    public static PasskeyAsked Of(CeremonyOptions options) => new(options.Challenge.Id.ToString(), options.Json);
}

/// <summary>Which second factors the caller has: since when each is asked for, null where it is not; and how many passkeys and recovery codes there are.</summary>
internal sealed record FactorsShape(string? Totp, string? Passkey, int Passkeys, int RecoveryCodes)
{
    public static FactorsShape Of(PersonFactors factors) =>
        new(factors.TotpSince?.Iso(), factors.IsPasskeyAsked ? factors.PasskeyAskedSince?.Iso() : null, factors.Passkeys, factors.RecoveryCodes);
}

/// <summary>What an app is told, once.</summary>
internal sealed record NewTotpShape(string Secret, string Uri, string ExpiresAt)
{
    public static NewTotpShape Of(EnrolTotp.Begun begun) => new(begun.Secret, begun.Address, begun.ExpiresAt.Iso());
}

/// <summary>Recovery codes, shown once.</summary>
internal sealed record RecoveryCodesShape(IReadOnlyList<string> RecoveryCodes)
{
    public static RecoveryCodesShape Of(RecoverySheet sheet) => new(sheet.Codes);
}

/// <summary>How this door answers to a first factor, and reads a second.</summary>
internal static class SecondFactorReading
{
    private const int LongestCode = 64, LongestToken = 128;

    /// <summary>Tokens; or, of somebody who has a second factor, 403 with what they show it with.</summary>
    public static IResult Signed(this Result<SignInStep> step)
    {
        if (!step.Succeeded) return step.Failure.Answer();
        return step.Value switch
        {
            SignedIn signed => PeopleAnswers.Ok(SignInApi.Tokens.Of(signed), PeopleJson.Wire.Tokens),
            SecondStep second => SignInFailures.SecondFactorRequired.Answer() with { SecondFactor = SecondFactorAsked.Of(second) },
            _ => throw new InvalidOperationException("signing in leads to nothing else"),
        };
    }

    /// <summary>What the first step gave.</summary>
    public static string StepToken(this Fields fields) => fields.Text("sessionToken", LongestToken);

    /// <summary>A second factor: a code, or the answer of a passkey.</summary>
    public static FactorProof Factor(this Fields fields)
    {
        if (!fields.Has("challengeId")) return FactorProof.Of(fields.Text("code", LongestCode));
        var challenge = Ids.Read<PasskeyChallenge>(fields.Text("challengeId", 64));
        var response = AssertionResponse.Read(fields.Json("response"));
        if (response.Succeeded) return new FactorProof.Passkey(challenge, response.Value);
        fields.Refuse("response", "must be what a browser says of the use of a passkey");
        return FactorProof.Of("");
    }

    /// <summary>What somebody shows once more: <c>password</c> or <c>code</c>, one of the two.</summary>
    public static ProveAgain.Shown Again(this PeopleCall call)
    {
        if (call.Body.Has("password") == call.Body.Has("code")) call.Body.Refuse("password", "or code is required, one of the two");
        return AgainOrNull(call) ?? new ProveAgain.Shown("", null, call.Network);
    }

    /// <summary>The same, where it may be absent.</summary>
    public static ProveAgain.Shown? AgainOrNull(this PeopleCall call)
    {
        var password = call.Body.TextOrNull("password", 1024);
        var code = call.Body.TextOrNull("code", LongestCode);
        return password is null && code is null ? null : new ProveAgain.Shown(password, code is null ? null : FactorProof.Of(code), call.Network);
    }
}
