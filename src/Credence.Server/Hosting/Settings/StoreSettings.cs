using Credence.State;

namespace Credence.Server.Hosting.Settings;

/// <summary>Where data is kept.</summary>
internal static class StoreSettings
{
    /// <summary>What <c>REDIS_URL</c> says when the state is to be held in this process.</summary>
    public const string Embedded = "embedded";

    public static readonly Setting<string?> DatabaseUrl = new("DATABASE_URL", Database)
    {
        Aliases = ["APP_ENV_DB_URL"],
        OrFile = true,
        Form = "`postgresql://user:password@host:5432/db?sslmode=…`, libpq key/value text, or `sqlite:<file>`",
        RequiredWhen = "always, but for the legacy mode of `DOORS=forward-auth`",
        About = "The database. SQLite is for one node and is refused in production unless ALLOW_EMBEDDED=true.",
        Mask = Masks.AddressPassword,
    };

    public static readonly Setting<int> PoolMax = new("DB_POOL_MAX", Forms.Number(1, 1000))
    {
        Aliases = ["APP_ENV_DB_POOL_MAX"],
        Form = "connections, 1 to 1000",
        Default = "10",
        About = "The most connections this process opens to PostgreSQL.",
    };

    public static readonly Setting<string?> RedisHost = new("APP_ENV_REDIS_HOST", Forms.HostName)
    {
        Form = "a host's name or address",
        About = "Redis, in parts, where REDIS_URL is not set.",
    };

    public static readonly Setting<int> RedisPort = new("APP_ENV_REDIS_PORT", Forms.Number(1, 65535))
    {
        Form = "a port, 1 to 65535",
        Default = "6379",
        About = "Its port.",
    };

    public static readonly Setting<string?> RedisPassword = new("APP_ENV_REDIS_PASSWORD", Forms.Text)
    {
        OrFile = true,
        Form = "a password",
        About = "Its password.",
        Mask = Masks.Whole,
    };

    public static readonly Setting<int> RedisDatabase = new("APP_ENV_REDIS_DB", Forms.Number(0, 15))
    {
        Form = "a number, 0 to 15",
        Default = "0",
        About = "Which of its databases.",
    };

    public static readonly Setting<RedisUrl?> RedisUrl = new("REDIS_URL", Redis)
    {
        OrFile = true,
        Form = "`redis://[:password@]host[:port][/db]`, `redis+sentinel://…/service`, `redis+cluster://…` (`rediss` for TLS), client text, or `embedded`",
        Default = "what APP_ENV_REDIS_HOST and its like say; else `embedded` in development",
        DefaultFrom = values => InParts(values) ?? (values.Of(ProcessSettings.Environment) == Deployment.Development ? Embedded : null),
        RequiredWhen = "outside development, unless APP_ENV_REDIS_HOST is set",
        About = "Shared short-lived state: rate windows and fan-out. `embedded` keeps it in this process, for one node; refused in production unless ALLOW_EMBEDDED=true.",
        Mask = Masks.RedisPassword,
    };

    public static readonly Setting<bool> AllowEmbedded = new("ALLOW_EMBEDDED", Forms.Flag)
    {
        Form = "true or false",
        Default = "false",
        About = "Lets production run on SQLite and on state held in the process: a single node that accepts it.",
    };

    public static readonly Setting<bool> MigrateOnStart = new("MIGRATE_ON_START", Forms.Flag)
    {
        Form = "true or false",
        Default = "true",
        About = "Applies missing migrations at each start. When false, `/readyz` answers 503 until `credence migrate` has run.",
    };

    public static readonly SettingGroup Group = new("Stores", [DatabaseUrl, PoolMax, RedisUrl, RedisHost, RedisPort, RedisPassword, RedisDatabase, AllowEmbedded, MigrateOnStart]);

    private static string Database(string text)
    {
        _ = Storage.DatabaseUrl.Engine(text, poolMax: 1); // builds a lazy pool, opens nothing: here only to hear what is wrong with the text
        return text;
    }

    private static string? InParts(SettingValues values)
    {
        if (values.Of(RedisHost) is not { } host) return null;
        var password = values.Of(RedisPassword) is { } secret ? $":{Uri.EscapeDataString(secret)}@" : "";
        return $"redis://{password}{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{values.Of(RedisPort)}/{values.Of(RedisDatabase)}";
    }

    private static RedisUrl? Redis(string text)
    {
        if (text == Embedded) return null;
        try
        {
            return State.RedisUrl.Parse(text);
        }
        catch (FormatException malformed)
        {
            throw new FormatException($"is malformed: {malformed.Message}", malformed);
        }
    }
}
