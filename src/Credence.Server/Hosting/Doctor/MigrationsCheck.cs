using Credence.Storage;

namespace Credence.Server.Hosting.Doctor;

/// <summary>Whether the database is of this server's version (contract operations O16, O17).</summary>
internal static class MigrationsCheck
{
    private const string Check = "migrations";

    /// <returns>Whether everything else can be looked at: the tables are there.</returns>
    public static async Task<bool> RunAsync(IServiceProvider services, Examination found, CancellationToken ct)
    {
        var shipped = Migrator.Shipped(services.GetRequiredService<Db>().Engine.Kind);
        var standing = await services.GetRequiredService<Migrator>().StandingAsync(shipped, ct);
        if (standing.Pending.Count > 0) found.Found(Check, $"{standing.Pending.Count} are not applied", $"schema_migrations lacks {Some(standing.Pending)}", "run `credence migrate`");
        if (standing.Changed.Count > 0)
        {
            found.Found(
                Check, "what was applied is not what this server has, and it will not start", $"the checksum of {Some(standing.Changed)} in schema_migrations is another",
                "run the build that made this database, or one after it; nothing here should be edited by hand");
        }

        if (standing.Foreign.Count > 0)
        {
            found.Found(
                Check, "the database is of a newer server than this one", $"schema_migrations has {Some(standing.Foreign)}, which this build does not",
                "in the middle of a rolling update go on with it: docs/upgrade.md; otherwise run the newer build");
        }

        found.Looked($"migrations: {shipped.Count}");
        return standing.Pending.Count == 0 && standing.Changed.Count == 0;
    }

    private static string Some(IReadOnlyList<string> names) => names.Count <= 3 ? string.Join(", ", names) : $"{names[0]}, … , {names[^1]}";
}
