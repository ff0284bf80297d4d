using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Doctor;

/// <summary>The database: whether it answers, lets this server write, has room for its connections, and agrees about the time.</summary>
internal static class DatabaseCheck
{
    private const string Check = "database";
    private const long Oldest = 140012; // design D4

    /// <summary>Clocks that differ by more make tokens look expired, or not yet good.</summary>
    internal static readonly TimeSpan Skew = TimeSpan.FromSeconds(5);

    /// <returns>Whether it answers.</returns>
    public static async Task<bool> RunAsync(SettingValues settings, Db db, TimeProvider clock, TimeSpan patience, Examination found, CancellationToken ct)
    {
        var url = settings.Of(StoreSettings.DatabaseUrl)!;
        if (DatabaseUrl.SqliteFile(url) is { } file && !File.Exists(file))
        {
            found.Found(Check, "there is no database yet", $"no file {file}", "run `credence migrate`, or start the server once; if there was one, look at DATABASE_URL, or restore it: docs/operations.md");
            return false;
        }

        try
        {
            using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
            bounded.CancelAfter(patience);
            if (db.Engine.Kind == EngineKind.Postgres) await PostgresAsync(settings, db, clock, found, bounded.Token);
            else await db.NumberAsync($"select count(*) as n from sqlite_master", bounded.Token);
            found.Looked($"database: {db.Engine.Kind}");
            return true;
        }
        catch (Exception error) when (!ct.IsCancellationRequested && (error is System.Data.Common.DbException or OperationCanceledException || db.Engine.IsUnavailable(error)))
        {
            var seen = error is OperationCanceledException ? $"no answer within {patience.TotalSeconds} s" : error.Message;
            found.Found(
                Check, "it cannot be used", seen,
                db.Engine.Kind == EngineKind.Postgres
                    ? "start PostgreSQL, or correct DATABASE_URL (`psql \"$DATABASE_URL\" -c 'select 1'` tries it); the server needs no restart afterwards"
                    : "look at the file that DATABASE_URL names and at its permissions; if it is damaged, restore it: docs/operations.md");
            return false;
        }
    }

    private static async Task PostgresAsync(SettingValues settings, Db db, TimeProvider clock, Examination found, CancellationToken ct)
    {
        var version = await SettingAsync("server_version_num");
        if (version < Oldest) found.Found(Check, "PostgreSQL is too old", $"server_version_num is {version}", "move to PostgreSQL 14.12 or later");

        if (await db.NumberAsync($"select case when pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' then 1 else 0 end as n", ct) == 1)
        {
            found.Found(
                Check, "it takes no writes", "transaction_read_only is on",
                "point DATABASE_URL at the primary; if it is the primary, `alter database … reset default_transaction_read_only`");
        }

        var (most, kept, used) = (await SettingAsync("max_connections"), await SettingAsync("superuser_reserved_connections"), await db.NumberAsync($"select count(*) as n from pg_stat_activity where backend_type = 'client backend'", ct));
        var pool = settings.Of(StoreSettings.PoolMax);
        if (pool > most - kept || used >= (most - kept) * 9 / 10)
        {
            found.Found(
                Check, "connections run out", $"{used} of {most - kept} are in use, and each node may take {pool}",
                "raise max_connections in postgresql.conf, or lower DB_POOL_MAX, so that nodes × DB_POOL_MAX stays below it");
        }

        var before = clock.GetUtcNow();
        var theirs = await db.NumberAsync($"select (extract(epoch from clock_timestamp()) * 1000)::bigint as n", ct);
        Clock(Check, "PostgreSQL", DateTimeOffset.FromUnixTimeMilliseconds(theirs), before + ((clock.GetUtcNow() - before) / 2), found);

        async Task<long> SettingAsync(string name) => await db.NumberAsync($"select setting::bigint as n from pg_settings where name = {name}", ct);
    }

    /// <summary>Compares another machine's clock with ours.</summary>
    public static void Clock(string check, string whose, DateTimeOffset theirs, DateTimeOffset ours, Examination found)
    {
        var apart = theirs - ours;
        if (apart.Duration() <= Skew) return;
        found.Found(
            check, "the clocks do not agree", FormattableString.Invariant($"{whose}'s is {apart.Duration().TotalSeconds:0} s {(apart > TimeSpan.Zero ? "ahead of" : "behind")} this machine's"),
            "synchronize both machines' clocks (chrony, systemd-timesyncd; `timedatectl` shows the state)");
    }
}
