using Credence.Server.Hosting.Settings;
using Credence.Server.Hosting.Start;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence serve</c>.</summary>
internal static class Serve
{
    /// <summary>Runs the server until a signal stops it, unless the settings stop the start (contract operations O8).</summary>
    public static async Task<int> RunAsync(SettingValues settings)
    {
        if (CommandLine.Report(SettingRules.Problems(settings))) return 1;
        using var legacy = LegacyMode.IsMeant(settings) ? new LegacyMode() : null;
        await using var app = CredenceServer.Build(legacy is null ? settings : settings.On(legacy));
        return await Startup.RunAsync(app);
    }
}
