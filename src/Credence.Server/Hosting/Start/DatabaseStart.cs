using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Start;

/// <summary>Waits until the database answers, and brings it up to date (contract operations O15 to O17).</summary>
internal sealed class DatabaseStart(Db db, Migrator migrator, SettingValues settings, TimeProvider clock, ILogger<DatabaseStart> log) : IDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LeastAttempt = TimeSpan.FromSeconds(2);

    private ServerFileLock? _file;

    /// <summary>Whether every migration of this build is applied.</summary>
    public bool IsMigrated { get; private set; }

    /// <summary>For a server: takes an SQLite file for itself, then waits.</summary>
    /// <exception cref="StartRefusedException">Another server has the file, or the database does not answer.</exception>
    public async Task OpenAsync(CancellationToken ct)
    {
        if (SqliteFile() is { } file)
        {
            MakeFolder(file);
            _file = ServerFileLock.Take(file);
            HostLog.EmbeddedDatabase(log);
        }

        await WaitAsync(ct);
    }

    /// <summary>Asks until the database answers, for <c>STARTUP_WAIT_SECONDS</c>; what cannot heal by waiting, like a wrong password, ends it at once.</summary>
    public async Task WaitAsync(CancellationToken ct)
    {
        if (SqliteFile() is { } file) MakeFolder(file);
        var wait = TimeSpan.FromSeconds(settings.Of(ProcessSettings.StartupWaitSeconds));
        var started = clock.GetTimestamp();
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            var left = wait - clock.GetElapsedTime(started);
            using var attempt = CancellationTokenSource.CreateLinkedTokenSource(ct);
            attempt.CancelAfter(left > LeastAttempt ? left : LeastAttempt);
            try
            {
                await db.NumberAsync($"select 1 as n", attempt.Token);
                return;
            }
            catch (Exception error) when (!ct.IsCancellationRequested && (error is OperationCanceledException || db.Engine.IsUnavailable(error)))
            {
                left = wait - clock.GetElapsedTime(started);
                if (left <= TimeSpan.Zero) throw new StartRefusedException($"the database did not answer within {wait.TotalSeconds} s: {error.Message}", error);
                if (pause > left) pause = left;
                HostLog.DatabaseAwaited(log, (long)pause.TotalMilliseconds, error.Message);
            }

            await Task.Delay(pause, clock, ct);
        }
    }

    /// <summary>Applies the migrations that are missing, unless <c>MIGRATE_ON_START</c> is false.</summary>
    public async Task MigrateAsync(CancellationToken ct)
    {
        var shipped = Migrator.Shipped(db.Engine.Kind);
        if (settings.Of(StoreSettings.MigrateOnStart))
        {
            HostLog.Migrated(log, await migrator.ApplyAsync(shipped, ct));
            IsMigrated = true;
            return;
        }

        var pending = await migrator.PendingAsync(shipped, ct);
        IsMigrated = pending.Count == 0;
        if (!IsMigrated) HostLog.MigrationsPending(log, pending.Count);
    }

    /// <summary>Waits until every migration is applied, by the start or, later, by the operator; workers need the tables.</summary>
    public async Task UntilMigratedAsync(CancellationToken ct)
    {
        while (!IsMigrated)
        {
            try
            {
                IsMigrated = (await migrator.PendingAsync(Migrator.Shipped(db.Engine.Kind), ct)).Count == 0;
            }
            catch (Exception error) when (db.Engine.IsUnavailable(error))
            {
                HostLog.DatabaseAwaited(log, (long)LongestPause.TotalMilliseconds, error.Message);
            }

            if (!IsMigrated) await Task.Delay(LongestPause, clock, ct);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file?.Dispose();

    private static void MakeFolder(string file)
    {
        if (Path.GetDirectoryName(Path.GetFullPath(file)) is { } folder) Directory.CreateDirectory(folder);
    }

    private string? SqliteFile() => settings.Of(StoreSettings.DatabaseUrl) is { } url ? DatabaseUrl.SqliteFile(url) : null;
}
