using System.Collections;
using System.CommandLine;
using System.CommandLine.Invocation;
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
        var root = Root(settings);
        var migrates = settings.Of(ProcessSettings.RunMode) == "migrate";
        root.SetAction((_, _) => migrates ? Migrate.RunAsync(settings, json: false) : Serve.RunAsync(settings));
        var parsed = root.Parse(args);
        if (args.Contains("--json") && parsed.Action is ParseErrorAction refused) refused.ShowHelp = refused.ShowTypoCorrections = false; // they go to standard output
        return parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null }); // the host hears signals itself
    }

    /// <summary>The commands.</summary>
    internal static RootCommand Root(SettingValues settings)
    {
        var serve = new Command("serve", "Runs the server. The default.");
        serve.SetAction((_, _) => Serve.RunAsync(settings));
        return new RootCommand("Credence: identity for people and agents, and the authority people lend to agents.")
        {
            serve,
            Migrate.Command(settings),
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
    }

    /// <summary>Prints what is wrong with the settings, a line each, to standard error.</summary>
    /// <returns>Whether anything is.</returns>
    public static bool Report(IReadOnlyList<string> problems)
    {
        foreach (var problem in problems) Console.Error.WriteLine(SettingRules.Line(problem));
        return problems.Count > 0;
    }

    private static Dictionary<string, string> Variables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>().ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);
}
