using Credence.Server.Hosting.Commands;
using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Doctor;

/// <summary>Looks at everything an installation stands on, and changes nothing. What cannot be looked at because something before it is wrong is left out.</summary>
/// <param name="settings">The server's settings.</param>
/// <param name="clock">Tells the time, to compare the stores' clocks with.</param>
/// <param name="patience">How long a store or the server itself may take to answer.</param>
internal sealed class Examine(SettingValues settings, TimeProvider clock, TimeSpan patience)
{
    /// <param name="entries">How many audit entries to compute again.</param>
    /// <param name="asksServer">Whether the running server is asked too, at its own address.</param>
    /// <param name="told">Hears how far a long look is.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<Report> RunAsync(int entries, bool asksServer, Action<string> told, CancellationToken ct)
    {
        var found = new Examination();
        SettingsCheck.Run(settings, found);
        KeyFilesCheck.Run(settings, found);
        if (SettingRules.ProblemsForDatabase(settings).Count == 0) await DatabaseAsync(entries, told, found, ct);
        if (settings.Of(StoreSettings.RedisUrl) is { } redis) await RedisCheck.RunAsync(redis, settings, clock, patience, found, ct);
        if (asksServer) await ServerCheck.RunAsync(settings, patience, found, ct);
        return found.Report();
    }

    private async Task DatabaseAsync(int entries, Action<string> told, Examination found, CancellationToken ct)
    {
        await using var services = ToolServices.Build(settings, clock);
        var db = services.GetRequiredService<Db>();
        if (!await DatabaseCheck.RunAsync(settings, db, clock, patience, found, ct)) return;
        if (!await MigrationsCheck.RunAsync(services, found, ct)) return;
        await KeysCheck.RunAsync(services, settings, clock.Now(), found, ct);
        await NodesCheck.RunAsync(db, settings, clock.Now(), found, ct);
        await BacklogCheck.RunAsync(db, clock.Now(), found, ct);
        await AuditCheck.RunAsync(services, entries, told, found, ct);
    }
}
