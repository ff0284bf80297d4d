using System.CommandLine;
using System.Text.Json;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence check-config</c> (contract operations O12): every setting, where it came from, and what it is, secrets masked.</summary>
internal static class CheckConfig
{
    /// <summary>The command.</summary>
    public static Command Command(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var markdown = new Option<bool>("--markdown") { Description = "Prints docs/configuration.md instead: what the settings are, not what they are set to." };
        var command = new Command("check-config", "Shows every setting, its source and its value with secrets masked; exits 1 if the server would not start.") { markdown, json };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(markdown))
            {
                Console.Out.Write(ConfigurationPage.Write());
                return 0;
            }

            var problems = SettingRules.Problems(settings);
            foreach (var line in parsed.GetValue(json) ? [Json(settings, problems)] : Lines(settings)) Console.Out.WriteLine(line);
            return CommandLine.Report(problems) ? 1 : 0;
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

    private static string Json(SettingValues settings, IReadOnlyList<string> problems) =>
        JsonSerializer.Serialize(new SettingsShown([.. AllSettings.List.Select(setting => SettingShown.Of(settings.Find(setting)))], problems), ToolJson.Default.SettingsShown);
}

/// <summary>The settings and what is wrong with them, as the command shows them.</summary>
internal sealed record SettingsShown(IReadOnlyList<SettingShown> Settings, IReadOnlyList<string> Problems);

/// <summary>A setting; its value as people see it, secrets masked, or null where nothing is set and nothing holds instead.</summary>
internal sealed record SettingShown(string Name, string Source, string? Value)
{
    public static SettingShown Of(SettingValue found) => new(found.Setting.Name, found.Source.ToString().ToLowerInvariant(), found.Shown is { Length: > 0 } shown ? shown : null);
}
