using Microsoft.Extensions.Logging;

namespace Credence.Gateways;

/// <summary>What this room logs.</summary>
internal static partial class GatewaysLog
{
    [LoggerMessage(1096, LogLevel.Information, "gateway.routes_read", EventName = "gateway.routes_read")]
    public static partial void Read(ILogger log, int count);

    [LoggerMessage(1097, LogLevel.Warning, "gateway.routes_broken", EventName = "gateway.routes_broken")]
    public static partial void NotRead(ILogger log, string reason);
}
