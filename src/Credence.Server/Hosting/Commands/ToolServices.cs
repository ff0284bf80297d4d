using Credence.Server.Hosting.Logging;
using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;
using Credence.State;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.Server.Hosting.Commands;

/// <summary>What the commands beside <c>serve</c> need: the database, the operations and the log.</summary>
internal static class ToolServices
{
    /// <summary>Builds it. Nothing is opened yet.</summary>
    public static ServiceProvider Build(SettingValues settings) => Build(settings, TimeProvider.System);

    /// <summary>The same on another clock.</summary>
    public static ServiceProvider Build(SettingValues settings, TimeProvider clock) => new ServiceCollection()
        .AddLogging(logging => logging.AddLines(settings, Console.OpenStandardError())) // standard output is for the answer
        .AddSingleton(clock)
        .AddSingleton(settings)
        .AddSingleton<DatabaseStart>()
        .AddRoomOptions(settings)
        .AddStorage(settings.Of(StoreSettings.DatabaseUrl)!, settings.Of(StoreSettings.PoolMax))
        .AddState(null) // the nodes hear of what a command did from the database, within a second
        .AddSingleton<Metrics>()
        .AddCore()
        .BuildServiceProvider();
}
