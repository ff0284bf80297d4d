using Credence.Audit;
using Credence.Keys;
using Credence.Proofs;
using Credence.Server.Hosting.Logging;
using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary>What the commands beside <c>serve</c> need: the database, the keys and the log.</summary>
internal static class ToolServices
{
    /// <summary>Builds it. Nothing is opened yet.</summary>
    public static ServiceProvider Build(SettingValues settings) => new ServiceCollection()
        .AddLogging(logging => logging.AddLines(settings, Console.OpenStandardError())) // standard output is for the answer
        .AddSingleton(TimeProvider.System)
        .AddSingleton(settings)
        .AddSingleton<DatabaseStart>()
        .AddRoomOptions(settings)
        .AddStorage(settings.Of(StoreSettings.DatabaseUrl)!, settings.Of(StoreSettings.PoolMax))
        .AddKeys()
        .AddSingleton<SealAudit>()
        .AddProofs()
        .BuildServiceProvider();

    /// <summary>Waits for the database as the server does, and runs a command with it and the keys.</summary>
    /// <returns>The exit code: 1 when the settings or the database do not let it run.</returns>
    public static async Task<int> RunAsync(SettingValues settings, Func<IServiceProvider, Task<int>> run)
    {
        if (CommandLine.Report([.. SettingRules.ProblemsForDatabase(settings), .. SettingRules.ProblemsForKeys(settings)])) return 1;
        await using var services = Build(settings);
        try
        {
            await services.GetRequiredService<DatabaseStart>().WaitAsync(CancellationToken.None);
            return await run(services);
        }
        catch (Exception error) when (error is StartRefusedException or InvalidDataException)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 1;
        }
    }
}
