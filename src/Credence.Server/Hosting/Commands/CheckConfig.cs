using System.CommandLine;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence check-config</c> (contract operations O12): every setting, where it came from, and what it is, secrets masked.</summary>
internal static class CheckConfig
{
    /// <summary>The command.</summary>
    public static Command Command(SettingValues settings)
    {
        var markdown = new Option<bool>("--markdown") { Description = "Prints docs/configuration.md instead: what the settings are, not what they are set to." };
        var command = new Command("check-config", "Shows every setting, its source and its value with secrets masked; exits 1 if the server would not start.") { markdown };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(markdown))
            {
                Console.Out.Write(ConfigurationPage.Write());
                return 0;
            }

            foreach (var line in Lines(settings)) Console.Out.WriteLine(line);
            return CommandLine.Report(SettingRules.Problems(settings)) ? 1 : 0;
        });
        return command;
    }

    /// <summary>A line for each setting: name, source, value.</summary>
    public static IEnumerable<string> Lines(SettingValues settings)
    {
        var width = AllSettings.List.Max(setting => setting.Name.Length);
        foreach (var setting in AllSettings.List)
        {
            var found = settings.Find(setting);
            yield return $"{setting.Name.PadRight(width)}  {found.Source.ToString().ToLowerInvariant(),-11}  {found.Shown}".TrimEnd();
        }
    }
}
