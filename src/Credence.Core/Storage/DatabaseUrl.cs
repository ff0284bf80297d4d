using System.Globalization;
using System.Net;
using Npgsql;

namespace Credence.Storage;

/// <summary>Reads <c>DATABASE_URL</c> (contract operations O19): a PostgreSQL address, libpq key/value text, or <c>sqlite:file</c>.</summary>
public static class DatabaseUrl
{
    /// <summary>What the database calls this server's connections in <c>pg_stat_activity</c> (O21).</summary>
    public const string ApplicationName = "credence";

    /// <summary>24 days: O20 wants no idle timeout, and the driver knows no "never"; its timer ends at 49 days.</summary>
    private const int IdleSeconds = 24 * 24 * 60 * 60;

    /// <summary>The file of an embedded database, or null when <paramref name="url"/> names a server.</summary>
    /// <remarks><c>sqlite:data/x.db</c> and <c>sqlite:/abs/x.db</c>; the address form <c>sqlite:///abs/x.db</c> means the latter.</remarks>
    public static string? SqliteFile(string url)
    {
        if (!url.StartsWith("sqlite:", StringComparison.Ordinal)) return null;
        var path = url["sqlite:".Length..];
        return path.StartsWith("//", StringComparison.Ordinal) ? path[2..] : path;
    }

    /// <summary>The engine that <paramref name="url"/> names. Nothing is opened yet.</summary>
    /// <exception cref="FormatException">The text is none of the three forms; the message never repeats it.</exception>
    public static Engine Engine(string url, int poolMax)
    {
        if (SqliteFile(url) is { } file)
        {
            return file.Length > 0 ? new SqliteEngine(file) : throw new FormatException("names no file after sqlite:");
        }

        var settings = Settings(url);
        settings.ApplicationName = ApplicationName;
        settings.SearchPath = "credence,public";
        settings.MaxPoolSize = poolMax;
        settings.ConnectionIdleLifetime = settings.ConnectionPruningInterval = IdleSeconds;
        settings.Timeout = 30;
        settings.CommandTimeout = 10; // a database that has gone silent; what takes longer says so itself
        settings.MaxAutoPrepare = 64;
        settings.NoResetOnClose = true; // nothing here sets anything on a session, and the resetting is seven statements
        settings.IncludeErrorDetail = false;
        // The slim builder knows text, numbers, flags and bytes, which is all there is here, and loads nothing for the rest.
        return new PostgresEngine(new NpgsqlSlimDataSourceBuilder(settings.ConnectionString).EnableTransportSecurity().Build());
    }

    /// <summary>Whether what is said to the database crosses a network that others may read along on.</summary>
    public static bool IsInTheClear(string url)
    {
        if (SqliteFile(url) is not null) return false;
        var settings = Settings(url);
        var isLocal = settings.Host is "localhost" || settings.Host?.StartsWith('/') == true || (IPAddress.TryParse(settings.Host, out var address) && IPAddress.IsLoopback(address));
        return !isLocal && settings.SslMode is (SslMode.Disable or SslMode.Allow or SslMode.Prefer);
    }

    internal static NpgsqlConnectionStringBuilder Settings(string url) =>
        url.Contains("://", StringComparison.Ordinal) ? FromUri(url) : FromKeyValues(url);

    private static NpgsqlConnectionStringBuilder FromUri(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var uri) || uri.Scheme is not ("postgres" or "postgresql"))
        {
            throw new FormatException("is not a postgresql:// address, libpq key/value text or sqlite:file");
        }

        var user = uri.UserInfo.Split(':', 2);
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host.Trim('[', ']'),
            Port = uri.Port > 0 ? uri.Port : 5432,
            Database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/')),
            Username = user[0].Length > 0 ? Uri.UnescapeDataString(user[0]) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        };
        foreach (var pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = pair.Split('=', 2);
            Apply(settings, Uri.UnescapeDataString(parts[0]), parts.Length > 1 ? Uri.UnescapeDataString(parts[1]) : "");
        }

        return settings;
    }

    /// <summary>libpq's <c>host=… port=… dbname='…'</c>: values may be quoted, <c>\'</c> and <c>\\</c> stand for themselves.</summary>
    private static NpgsqlConnectionStringBuilder FromKeyValues(string text)
    {
        var settings = new NpgsqlConnectionStringBuilder();
        var at = 0;
        while (true)
        {
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            if (at == text.Length) break;
            var equals = text.IndexOf('=', at);
            if (equals < 0) throw new FormatException("is not a postgresql:// address, libpq key/value text or sqlite:file");
            var key = text[at..equals].Trim();
            at = equals + 1;
            while (at < text.Length && char.IsWhiteSpace(text[at])) at++;
            var quoted = at < text.Length && text[at] == '\'';
            if (quoted) at++;
            var value = new System.Text.StringBuilder();
            while (at < text.Length && (quoted ? text[at] != '\'' : !char.IsWhiteSpace(text[at])))
            {
                if (text[at] == '\\' && at + 1 < text.Length) at++;
                value.Append(text[at++]);
            }

            if (quoted && at++ >= text.Length) throw new FormatException("has a quote that never closes");
            Apply(settings, key, value.ToString());
        }

        if (string.IsNullOrEmpty(settings.Host)) throw new FormatException("names no host");
        return settings;
    }

    private static void Apply(NpgsqlConnectionStringBuilder settings, string key, string value)
    {
        switch (key)
        {
            case "host" or "hostaddr": settings.Host = value; break;
            case "port": settings.Port = Number(value, "port"); break;
            case "dbname": settings.Database = value; break;
            case "user": settings.Username = value; break;
            case "password": settings.Password = value; break;
            case "sslrootcert": settings.RootCertificate = value; break;
            case "sslcert": settings.SslCertificate = value; break;
            case "sslkey": settings.SslKey = value; break;
            case "application_name" or "connect_timeout": break; // ours are fixed: O20, O21
            case "sslmode":
                settings.SslMode = value switch
                {
                    "disable" => SslMode.Disable,
                    "allow" => SslMode.Allow,
                    "prefer" => SslMode.Prefer,
                    "require" => SslMode.Require,
                    "verify-ca" => SslMode.VerifyCA,
                    "verify-full" => SslMode.VerifyFull,
                    _ => throw new FormatException("has an sslmode that is none of disable, allow, prefer, require, verify-ca, verify-full"),
                };
                break;
            default: throw new FormatException("has a parameter that is not supported");
        }
    }

    private static int Number(string value, string what) =>
        int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is > 0 and < 65536
            ? number
            : throw new FormatException($"has a {what} that is not a number from 1 to 65535");
}
