namespace Credence.Server.ForwardAuth;

/// <summary>What this door logs (contract forward-auth A 36, C.1): ids 1130 to 1139.</summary>
internal static partial class ForwardAuthLog
{
    [LoggerMessage(1130, LogLevel.Error, "register error: {Reason}")]
    public static partial void RegisterFailed(ILogger log, string reason);

    [LoggerMessage(1131, LogLevel.Error, "login error: {Reason}")]
    public static partial void LoginFailed(ILogger log, string reason);

    [LoggerMessage(1132, LogLevel.Warning, "DATABASE_URL not set: running in legacy mode (tokens are issued without user validation)")]
    public static partial void LegacyMode(ILogger log);
}
