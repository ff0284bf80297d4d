using Credence.People;
using Credence.SecondFactors;
using Credence.Storage;
using Credence.Telemetry;
using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>What this room logs besides <see cref="Telemetry.Log"/>.</summary>
internal static partial class SignInLog
{
    /// <summary>Counts how a sign-in ended, and logs a refused one under the word that contract identity A 15 has for the identifier.</summary>
    public static void Told(ILogger log, Metrics metrics, IdentifierScheme scheme, Failure? refused) => Told(log, metrics, Words.Of(scheme), scheme.Logged(), refused);

    /// <summary>The same where a second factor was shown, or a passkey alone.</summary>
    public static void Told(ILogger log, Metrics metrics, SecondFactor factor, Failure? refused) => Told(log, metrics, Words.Of(factor), Words.Of(factor), refused);

    /// <summary>The same of a first factor, behind which a second may be asked for.</summary>
    public static void Told(ILogger log, Metrics metrics, IdentifierScheme scheme, Result<SignInStep> step)
    {
        if (step is { Succeeded: true, Value: SecondStep }) metrics.SignedIn(Words.Of(scheme), SecondStep.Result);
        else Told(log, metrics, scheme, step.Failure);
    }

    private static void Told(ILogger log, Metrics metrics, string counted, string logged, Failure? refused)
    {
        metrics.SignedIn(counted, refused?.Code ?? "success");
        if (refused is not null) Log.SignInRefused(log, logged, refused.Code);
    }

    [LoggerMessage(1094, LogLevel.Information, "users.adopted", EventName = "users.adopted")]
    public static partial void Adopted(ILogger log, int count);

    [LoggerMessage(1095, LogLevel.Warning, "users.not_adopted", EventName = "users.not_adopted")]
    public static partial void NotAdopted(ILogger log, string userId);
}
