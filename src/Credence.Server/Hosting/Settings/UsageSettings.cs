using System.Security.Cryptography;
using System.Text;
using Credence.Storage;

namespace Credence.Server.Hosting.Settings;

/// <summary>Whether and where calls are counted.</summary>
internal static class UsageSettings
{
    public static readonly Setting<bool> Enabled = new("USAGE_METERING_ENABLED", Forms.Flag)
    {
        Form = "true or false",
        Default = "false",
        About = "Whether authorizations, token exchanges and verifications are counted for `/v1/usage`. When not, every number is zero.",
    };

    public static readonly Setting<string?> JournalFolder = new("USAGE_JOURNAL_DIR", Forms.Text)
    {
        Form = "a folder",
        Default = "beside the SQLite file; with PostgreSQL a folder of that database's in the temporary folder",
        DefaultFrom = BesideTheDatabase,
        About = "Holds verifications that were counted and are not stored yet, a second's worth, so that a process that is killed loses none. Nodes of one database may share it, others not.",
    };

    public static readonly SettingGroup Group = new("Usage", [Enabled, JournalFolder]);

    private static string? BesideTheDatabase(SettingValues values)
    {
        if (values.Of(StoreSettings.DatabaseUrl) is not { } url) return null;
        if (DatabaseUrl.SqliteFile(url) is { } file) return file + ".usage";
        var database = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Masks.AddressPassword(url))));
        return Path.Combine(Path.GetTempPath(), $"credence-usage-{database[..16]}");
    }
}
