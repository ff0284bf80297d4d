using System.Text;

namespace Credence.Server.Hosting.Settings;

/// <summary>Writes <c>docs/configuration.md</c> from the table of settings; a test holds the page to it.</summary>
internal static class ConfigurationPage
{
    private const string Head = """
        # Configuration

        Settings are environment variables. A variable that is set to nothing counts as not set. Where the name has `(_FILE)` after it, the variable of
        that name with `_FILE` appended may name a file that holds the value. `credence check-config` shows what is in effect, with secrets masked, and exits 1
        if the server would not start. Whatever is missing or malformed stops the start: one line for each problem, all of them at once.

        This page is written by `credence check-config --markdown`.

        """;

    /// <summary>The whole page.</summary>
    public static string Write()
    {
        var page = new StringBuilder(Head);
        foreach (var group in AllSettings.Groups)
        {
            page.Append("\n## ").Append(group.Title).Append("\n\n| Name | Value | Default | Meaning |\n|---|---|---|---|\n");
            foreach (var setting in group.Settings) page.Append(Row(setting)).Append('\n');
        }

        return page.ToString();
    }

    private static string Row(Setting setting)
    {
        var name = $"`{setting.Name}`{(setting.OrFile ? " (_FILE)" : "")}{string.Concat(setting.Aliases.Select(alias => $", alias `{alias}`"))}";
        var about = setting.About
            + (setting.RequiredWhen.Length > 0 ? $" Required {(setting.RequiredWhen == "always" || setting.RequiredWhen.StartsWith("outside", StringComparison.Ordinal) ? "" : "when ")}{setting.RequiredWhen}." : "")
            + (setting.Mask is not null ? " Secret." : "");
        return $"| {name} | {setting.Form} | {setting.Default} | {about} |";
    }
}
