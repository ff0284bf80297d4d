using Microsoft.Extensions.Logging;

namespace Credence.Usage;

/// <summary>What this room logs.</summary>
internal static partial class UsageLog
{
    [LoggerMessage(2200, LogLevel.Warning, "verifications are counted in memory only, because the journal cannot be written: a crash loses the last second of them")]
    public static partial void JournalUnavailable(ILogger log, Exception error);
}
