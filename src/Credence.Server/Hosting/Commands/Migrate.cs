using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence migrate</c> and <c>RUN_MODE=migrate</c> (contract operations O17). Needs the database's settings and no others.</summary>
internal static class Migrate
{
    /// <summary>Waits for the database as the server does, applies what is missing, and ends.</summary>
    public static async Task<int> RunAsync(SettingValues settings)
    {
        if (CommandLine.Report(SettingRules.ProblemsForDatabase(settings))) return 1;
        await using var services = ToolServices.Build(settings);
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Migrate));
        try
        {
            await services.GetRequiredService<DatabaseStart>().WaitAsync(CancellationToken.None);
            var shipped = Migrator.Shipped(services.GetRequiredService<Db>().Engine.Kind);
            HostLog.Migrated(log, await services.GetRequiredService<Migrator>().ApplyAsync(shipped, CancellationToken.None));
            await services.GetRequiredService<AdoptUsers>().RunAsync(CancellationToken.None);
            return 0;
        }
        catch (Exception error)
        {
            HostLog.MigrationFailed(log, error.Message, Startup.Unexplained(error));
            return 1;
        }
    }
}
