using System.CommandLine;
using Credence.Server.Hosting.Commands;
using Credence.Server.Hosting.Settings;

namespace Credence.Tests.Hosting;

/// <summary>The commands, all of them.</summary>
public sealed class CommandLineTests
{
    /// <summary>They write a stream of their own: the log, and an export that is lines of JSON anyhow.</summary>
    private static readonly string[] Streams = ["serve", "audit export"];

    [Fact]
    public void Every_command_that_answers_can_answer_in_json()
    {
        var all = CommandLine.Root(SettingValues.Read(new Dictionary<string, string>(StringComparer.Ordinal))).Subcommands.SelectMany(command => Leaves(command, "")).ToList();

        Assert.InRange(all.Count, 30, int.MaxValue);
        Assert.Equal(Streams, all.Where(each => !each.HasJson).Select(each => each.Name));
    }

    private static IEnumerable<(string Name, bool HasJson)> Leaves(Command command, string before)
    {
        var name = $"{before}{command.Name}";
        return command.Subcommands.Count == 0
            ? [(name, command.Options.Any(option => option.Name == "--json"))]
            : command.Subcommands.SelectMany(child => Leaves(child, $"{name} "));
    }
}
