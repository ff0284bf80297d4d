using Microsoft.Extensions.Logging;

namespace Credence.Proofs;

/// <summary>What this room logs.</summary>
internal static partial class Log
{
    [LoggerMessage(2200, LogLevel.Warning, "audit.checkpoint_key_made", EventName = "audit.checkpoint_key_made")]
    public static partial void CheckpointKeyMade(ILogger log, string kid);

    [LoggerMessage(2201, LogLevel.Error, "audit.damaged", EventName = "audit.damaged")]
    public static partial void Damaged(ILogger log, string organizationId, long size, string reason);

    [LoggerMessage(2202, LogLevel.Information, "audit.bodies_dropped", EventName = "audit.bodies_dropped")]
    public static partial void BodiesDropped(ILogger log, string organizationId, long below);
}
