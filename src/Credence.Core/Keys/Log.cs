using Microsoft.Extensions.Logging;

namespace Credence.Keys;

/// <summary>What this room logs; ids 2100 to 2199. Key material never appears, only names of keys.</summary>
internal static partial class Log
{
    [LoggerMessage(2100, LogLevel.Information, "signing key made and published: {kid} ({algorithm}, {status})")]
    public static partial void Made(ILogger log, string kid, KeyAlgorithm algorithm, KeyStatus status);

    [LoggerMessage(2101, LogLevel.Information, "signing key is current: {kid} ({algorithm})")]
    public static partial void Activated(ILogger log, string kid, KeyAlgorithm algorithm);

    [LoggerMessage(2102, LogLevel.Information, "signing key signs no more and is still published: {kid} ({algorithm})")]
    public static partial void Retired(ILogger log, string kid, KeyAlgorithm algorithm);

    [LoggerMessage(2103, LogLevel.Warning, "signing key revoked, its tokens are refused: {kid} ({algorithm})")]
    public static partial void Revoked(ILogger log, string kid, KeyAlgorithm algorithm);

    [LoggerMessage(2104, LogLevel.Information, "{count} signing keys removed: the last tokens they signed have expired")]
    public static partial void Removed(ILogger log, int count);

    [LoggerMessage(2105, LogLevel.Information, "signing key encrypted under the current key: {kid} ({algorithm})")]
    public static partial void Reencrypted(ILogger log, string kid, KeyAlgorithm algorithm);

    [LoggerMessage(2110, LogLevel.Information, "key ring changed: {count} keys published")]
    public static partial void RingChanged(ILogger log, int count);

    [LoggerMessage(2111, LogLevel.Warning, "signing key cannot be opened with the encryption keys at hand: {kid} ({algorithm})")]
    public static partial void NotOpened(ILogger log, string kid, KeyAlgorithm algorithm);

    [LoggerMessage(2112, LogLevel.Warning, "signing key was encrypted under an RSA key that is gone; another takes its place: {kid} ({algorithm})")]
    public static partial void Replaced(ILogger log, string kid, KeyAlgorithm algorithm);

    [LoggerMessage(2113, LogLevel.Warning, "the keys given by settings cannot be read now, those read before stay: {problem}")]
    public static partial void SourcesBroken(ILogger log, string problem);

    [LoggerMessage(2114, LogLevel.Warning, "an unknown key was asked for and the keys could not be read again")]
    public static partial void ReloadFailed(ILogger log, Exception error);
}
