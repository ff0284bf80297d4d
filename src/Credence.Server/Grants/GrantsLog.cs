namespace Credence.Server.Grants;

/// <summary>What this door logs beside the events of <c>Telemetry</c>: ids 4000 to 4099.</summary>
internal static partial class GrantsLog
{
    [LoggerMessage(4000, LogLevel.Error, "A call failed in a way nobody foresaw")]
    public static partial void CallFailed(ILogger log, Exception error);
}
