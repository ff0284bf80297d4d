namespace Credence.Server.ForwardAuth;

/// <summary>What this door logs (contract forward-auth A 36): ids 1130 to 1139.</summary>
internal static partial class ForwardAuthLog
{
    [LoggerMessage(1130, LogLevel.Error, "register error: {Reason}")]
    public static partial void RegisterFailed(ILogger log, string reason);

    [LoggerMessage(1131, LogLevel.Error, "login error: {Reason}")]
    public static partial void LoginFailed(ILogger log, string reason);
}
