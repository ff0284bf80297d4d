using Microsoft.Extensions.Logging;

namespace Credence.State;

/// <summary>What the State room logs: ids 2000 to 2099.</summary>
internal static partial class Log
{
    [LoggerMessage(2000, LogLevel.Warning, "Redis client error {Reason}: limits count per process and writes wait until it is back")]
    public static partial void RedisLost(ILogger log, string reason);

    [LoggerMessage(2001, LogLevel.Information, "Redis is back")]
    public static partial void RedisBack(ILogger log);

    [LoggerMessage(2002, LogLevel.Warning, "The queue of writes for Redis is full at {Capacity}: the oldest are dropped from now on")]
    public static partial void QueueFull(ILogger log, int capacity);

    [LoggerMessage(2003, LogLevel.Warning, "The queue of writes for Redis is written; {Dropped} of its writes had been dropped")]
    public static partial void QueueWritten(ILogger log, long dropped);

    [LoggerMessage(2004, LogLevel.Warning, "Redis refused a write, which is tried again until its life is over: {Reason}")]
    public static partial void WriteRefused(ILogger log, string reason);

    [LoggerMessage(2010, LogLevel.Error, "A listener of channel {Channel} failed")]
    public static partial void ListenerFailed(ILogger log, string channel, Exception error);
}
