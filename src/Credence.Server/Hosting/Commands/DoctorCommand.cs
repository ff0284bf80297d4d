using System.CommandLine;
using Credence.Server.Hosting.Doctor;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence doctor</c>: what is wrong with an installation, and what to do about it.</summary>
internal static class DoctorCommand
{
    private const int UsualEntries = 10_000;
    private const int UsualSeconds = 15;

    /// <summary>The command.</summary>
    public static Command Command(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var entries = new Option<int>("--entries") { Description = "How many audit entries to compute again, the newest of each chain.", DefaultValueFactory = _ => UsualEntries };
        var timeout = new Option<int>("--timeout") { Description = "How many seconds each of those that are asked may take to answer.", DefaultValueFactory = _ => UsualSeconds };
        var offline = new Option<bool>("--offline") { Description = "Asks neither the running server nor mail server, provider of short messages, policy engine or collector of traces; for before the first start." };
        var command = new Command("doctor", "Looks at settings, disks, stores, clocks, keys, migrations, queues, the audit log and what can be reached from here, changes nothing, and says what is wrong and what to do; exits 1 if anything is.")
        {
            json, entries, timeout, offline,
        };
        command.SetAction(async (parsed, ct) =>
        {
            var patience = TimeSpan.FromSeconds(Math.Clamp(parsed.GetValue(timeout), 1, 600));
            var report = await new Examine(settings, TimeProvider.System, patience).RunAsync(Math.Max(0, parsed.GetValue(entries)), !parsed.GetValue(offline), Console.Error.WriteLine, ct);
            if (parsed.GetValue(json)) Console.Out.WriteLine(report.Json());
            else Show(report);
            return report.Findings.Count == 0 ? 0 : 1;
        });
        return command;
    }

    private static void Show(Report report)
    {
        foreach (var what in report.Looked) Console.Out.WriteLine($"looked at {what}");
        foreach (var note in report.Notes) Console.Out.WriteLine($"note: {note}");
        foreach (var finding in report.Findings) Console.Out.WriteLine(finding);
        Console.Out.WriteLine(report.Findings.Count == 0 ? "nothing is wrong" : $"{report.Findings.Count} found");
    }
}
