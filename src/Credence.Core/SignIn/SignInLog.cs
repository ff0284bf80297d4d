using Microsoft.Extensions.Logging;

namespace Credence.SignIn;

/// <summary>What this room logs besides <see cref="Telemetry.Log"/>.</summary>
internal static partial class SignInLog
{
    [LoggerMessage(1094, LogLevel.Information, "users.adopted", EventName = "users.adopted")]
    public static partial void Adopted(ILogger log, int count);

    [LoggerMessage(1095, LogLevel.Warning, "users.not_adopted", EventName = "users.not_adopted")]
    public static partial void NotAdopted(ILogger log, string userId);
}
