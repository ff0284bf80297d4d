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
    /// <param name="asksOutside">Whether the running server is asked too, at its own address, and what messages, policies and traces need.</param>
    /// <param name="told">Hears how far a long look is.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<Report> RunAsync(int entries, bool asksOutside, Action<string> told, CancellationToken ct)
    {
        var found = new Examination();
        SettingsCheck.Run(settings, found);
        await IssuerCheck.RunAsync(settings, asksOutside, patience, found, ct);
        KeyFilesCheck.Run(settings, found);
        DiskCheck.Run(settings, found);
        if (SettingRules.ProblemsForDatabase(settings).Count == 0) await DatabaseAsync(entries, asksOutside, told, found, ct);
        if (settings.Of(StoreSettings.RedisUrl) is { } redis) await RedisCheck.RunAsync(redis, settings, clock, patience, found, ct);
        if (asksOutside) await OutsideAsync(found, ct);
        return found.Report();
    }

    private async Task OutsideAsync(Examination found, CancellationToken ct)
    {
        await PolicyEngineCheck.RunAsync(settings, patience, found, ct);
        await TracesCheck.RunAsync(settings, patience, found, ct);
        await ServerCheck.RunAsync(settings, patience, found, ct);
    }

    private async Task DatabaseAsync(int entries, bool asksOutside, Action<string> told, Examination found, CancellationToken ct)
    {
        await using var services = ToolServices.Build(settings, clock);
        var db = services.GetRequiredService<Db>();
        if (!await DatabaseCheck.RunAsync(settings, db, clock, patience, found, ct)) return;
        if (!await MigrationsCheck.RunAsync(services, found, ct)) return;
        await KeysCheck.RunAsync(services, settings, clock.Now(), found, ct);
        await NodesCheck.RunAsync(db, settings, clock.Now(), found, ct);
        await BacklogCheck.RunAsync(db, clock.Now(), found, ct);
        await AuditCheck.RunAsync(services, entries, told, found, ct);
        if (asksOutside && !SettingRules.ProblemsForKeys(settings).Any()) await MessagesCheck.RunAsync(services, patience, found, ct); // providers' credentials are under the keys
    }
}
