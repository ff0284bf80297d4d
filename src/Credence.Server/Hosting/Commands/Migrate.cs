using System.Collections.Concurrent;
using System.CommandLine;
using System.Text.Json;
using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;
using Credence.SignIn;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence migrate</c> and <c>RUN_MODE=migrate</c> (contract operations O17). Needs the database's settings and no others.</summary>
internal static class Migrate
{
    /// <summary>The command.</summary>
    public static Command Command(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var command = new Command("migrate", "Applies the migrations that are missing, and ends.") { json };
        command.SetAction((parsed, _) => RunAsync(settings, parsed.GetValue(json)));
        return command;
    }

    /// <summary>Waits for the database as the server does, applies what is missing, and ends.</summary>
    public static async Task<int> RunAsync(SettingValues settings, bool json)
    {
        if (CommandLine.Report(SettingRules.ProblemsForDatabase(settings))) return 1;
        await using var services = ToolServices.Build(settings);
        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(Migrate));
        try
        {
            await services.GetRequiredService<DatabaseStart>().WaitAsync(CancellationToken.None);
            var applied = await ApplyAsync(services, log);
            HostLog.Migrated(log, applied.Count);
            var adopted = await services.GetRequiredService<AdoptUsers>().RunAsync(CancellationToken.None);
            if (json) Console.Out.WriteLine(JsonSerializer.Serialize(new MigratedShown(applied, adopted), ToolJson.Default.MigratedShown));
            return 0;
        }
        catch (Exception error)
        {
            HostLog.MigrationFailed(log, error.Message, Startup.Unexplained(error));
            return 1;
        }
    }

    /// <summary>A migration of a large table takes minutes, and whoever waits for it must see which it is.</summary>
    /// <returns>The names of those that were applied now.</returns>
    private static async Task<IReadOnlyList<string>> ApplyAsync(ServiceProvider services, ILogger log)
    {
        var shipped = Migrator.Shipped(services.GetRequiredService<Db>().Engine.Kind);
        var begun = new ConcurrentQueue<string>();
        await new Progress(now => HostLog.Migrating(log, now), TimeProvider.System).WhileAsync(
            () => services.GetRequiredService<Migrator>().ApplyAsync(shipped, begun.Enqueue, CancellationToken.None),
            () => begun.LastOrDefault() is { } last ? $"{last}; the last is {shipped[^1].Name}" : "another process migrates, or holds a lock");
        return [.. begun];
    }
}

/// <summary>What the command did: the files it applied, and how many people it took over from a table that was there before.</summary>
internal sealed record MigratedShown(IReadOnlyList<string> Applied, int Adopted);
