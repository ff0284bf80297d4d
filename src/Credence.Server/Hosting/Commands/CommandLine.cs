using System.Collections;
using System.CommandLine;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary>What <c>credence</c> can be asked to do.</summary>
internal static class CommandLine
{
    /// <summary>Runs what the arguments ask for; without any, what <c>RUN_MODE</c> says.</summary>
    /// <returns>The exit code.</returns>
    public static Task<int> RunAsync(string[] args)
    {
        var settings = SettingValues.Read(Variables());
        var root = new RootCommand("Credence: identity for people and agents, and the authority people lend to agents.")
        {
            Command("serve", "Runs the server. The default.", () => Serve.RunAsync(settings)),
            Command("migrate", "Applies the migrations that are missing, and ends.", () => Migrate.RunAsync(settings)),
            HealthCommand.Command(settings),
            CheckConfig.Command(settings),
            DoctorCommand.Command(settings),
            KeysCommand.Command(settings),
            ConfigCommand.Command(settings),
            AuditCommand.Command(settings),
            BootstrapCommand.Command(settings),
            BackupCommand.Command(settings),
            OrgCommand.Command(settings),
            AgentCommand.Command(settings),
            UserCommand.Command(settings),
            TokenCommand.Command(settings),
            KeyCommand.Command(settings),
            PlanCommand.Command(settings),
            WebhooksCommand.Command(),
        };
        var migrates = settings.Of(ProcessSettings.RunMode) == "migrate";
        root.SetAction((_, _) => migrates ? Migrate.RunAsync(settings) : Serve.RunAsync(settings));
        return root.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }); // the host hears signals itself
    }

    /// <summary>Prints what is wrong with the settings, a line each, to standard error.</summary>
    /// <returns>Whether anything is.</returns>
    public static bool Report(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems) Console.Error.WriteLine(SettingRules.Line(problem));
        return problems.Count > 0;
    }

    private static Command Command(string name, string about, Func<Task<int>> run)
    {
        var command = new Command(name, about);
        command.SetAction((_, _) => run());
        return command;
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
