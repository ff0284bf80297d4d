namespace Credence.Server.Hosting;

/// <summary>What the host logs: ids 1100 to 1199.</summary>
internal static partial class HostLog
{
    /// <summary>The id of a request's combined-format line, which the text format writes bare.</summary>
    public const int RequestLineId = 1102;

    [LoggerMessage(1100, LogLevel.Information, "request completed")]
    public static partial void RequestCompleted(
        ILogger log, double responseTime, string method, string route, int statusCode, string? requestId = null, string? userId = null,
        string? identifierScheme = null, string? kid = null);

    [LoggerMessage(1101, LogLevel.Error, "request failed")]
    public static partial void RequestFailed(
        ILogger log, double responseTime, string method, string route, int statusCode, string? requestId = null, string? userId = null,
        string? identifierScheme = null, string? kid = null);

    [LoggerMessage(RequestLineId, LogLevel.Information, "{Line}")]
    public static partial void RequestLine(ILogger log, string line);

    [LoggerMessage(1103, LogLevel.Error, "unhandled exception")]
    public static partial void Unhandled(ILogger log, Exception error);

    [LoggerMessage(1110, LogLevel.Information, "Credence listening on port {Port}")]
    public static partial void Listening(ILogger log, int port);

    [LoggerMessage(1111, LogLevel.Information, "Shutting down gracefully...")]
    public static partial void ShuttingDown(ILogger log);

    [LoggerMessage(1112, LogLevel.Critical, "start failed at step '{Step}': {Reason}")]
    public static partial void StartFailed(ILogger log, string step, string reason, Exception? error);

    [LoggerMessage(1113, LogLevel.Warning, "the database is not there yet, trying again in {Milliseconds} ms: {Reason}")]
    public static partial void DatabaseAwaited(ILogger log, long milliseconds, string reason);

    [LoggerMessage(1114, LogLevel.Information, "migrations applied: {Count}")]
    public static partial void Migrated(ILogger log, int count);

    [LoggerMessage(1127, LogLevel.Information, "migrating: {File}")]
    public static partial void Migrating(ILogger log, string file);

    [LoggerMessage(1115, LogLevel.Warning, "{Count} migrations are pending and MIGRATE_ON_START is false: /readyz answers 503 until credence migrate has run")]
    public static partial void MigrationsPending(ILogger log, int count);

    [LoggerMessage(1116, LogLevel.Warning, "embedded database (SQLite): for one node only")]
    public static partial void EmbeddedDatabase(ILogger log);

    [LoggerMessage(1117, LogLevel.Warning, "embedded state: rate windows live in this process, for one node only")]
    public static partial void EmbeddedState(ILogger log);

    [LoggerMessage(1119, LogLevel.Error, "Unexpected pg pool error {Reason}: what needs the database answers 503 until it is back")]
    public static partial void DatabaseLost(ILogger log, string reason);

    [LoggerMessage(1122, LogLevel.Information, "PostgreSQL is back")]
    public static partial void DatabaseBack(ILogger log);

    [LoggerMessage(1123, LogLevel.Critical, "Migration failed: {Reason}")]
    public static partial void MigrationFailed(ILogger log, string reason, Exception? error);

    [LoggerMessage(1124, LogLevel.Warning, "DATABASE_URL not set: running in legacy mode (tokens are issued without user validation)")]
    public static partial void LegacyMode(ILogger log);

    [LoggerMessage(1125, LogLevel.Warning, "JWT_SECRET is set and ignored: tokens are signed with an RSA key")]
    public static partial void SecretIgnored(ILogger log);

    [LoggerMessage(1118, LogLevel.Warning, "/metrics is open to everybody who can reach this server: set METRICS_BIND or METRICS_API_KEY")]
    public static partial void OpenMetrics(ILogger log);

    [LoggerMessage(1120, LogLevel.Error, "[{Worker}] round failed, the next one tries again")]
    public static partial void RoundFailed(ILogger log, string worker, Exception error);

    [LoggerMessage(1121, LogLevel.Error, "a gauge could not be brought up to date and is left out of this scrape")]
    public static partial void GaugeFailed(ILogger log, Exception error);

    [LoggerMessage(1126, LogLevel.Warning, "APP_ENV_BASIC_CREDENTIALS_FILE cannot be read as it should: {Reason}")]
    public static partial void BasicCredentialsUnread(ILogger logger, string reason);
}
