using System.CommandLine;
using System.Text.Json;
using Credence.Agents;
using Credence.Server.Agents;
using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence agent list|show|stop|resume</c>: agents of every organization, for an operator at a terminal.</summary>
internal static class AgentCommand
{
    /// <summary>The command and its verbs.</summary>
    public static Command Command(SettingValues settings) => new("agent", "Shows agents, and stops them.")
    {
        List(settings), Show(settings),
        Change(settings, "stop", "Suspends an agent: its tokens count no more, within a second on every node.", stop: true),
        Change(settings, "resume", "Lets a suspended agent go on; tokens that have not expired count again.", stop: false),
    };

    private static Command List(SettingValues settings)
    {
        var (json, org) = (ToolOptions.Json(), ToolOptions.Organization());
        var command = new Command("list", "Shows an organization's agents, newest first.") { org, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var found = await ToolOptions.FindAsync(services, parsed.GetValue(org)!, ct);
            if (!found.Succeeded) return Tool.Refuse(found.Failure);
            var agents = await AgentStore.ListAsync(services.GetRequiredService<Db>(), found.Value.Id, before: null, most: null, ct);
            return Tool.Show<List<AgentShown>>(agents.ConvertAll(AgentShown.Of), shown => parsed.GetValue(json)
                ? JsonSerializer.Serialize(shown, ToolJson.Default.ListAgentShown)
                : string.Join(Environment.NewLine, shown));
        }));
        return command;
    }

    private static Command Show(SettingValues settings)
    {
        var (json, agent) = (ToolOptions.Json(), Agent());
        var command = new Command("show", "Shows one agent.") { agent, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var found = AgentsIds.Read<Agent>(parsed.GetValue(agent)!) is { } id ? await AgentStore.FindAnyEverAsync(services.GetRequiredService<Db>(), id, ct) : null;
            return found is null ? Tool.Refuse(AgentFailures.NotFound) : Tool.Show<Agent>(found, each => Text(each, parsed.GetValue(json)));
        }));
        return command;
    }

    private static Command Change(SettingValues settings, string verb, string about, bool stop)
    {
        var (json, agent) = (ToolOptions.Json(), Agent());
        var command = new Command(verb, about) { agent, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services => AgentsIds.Read<Agent>(parsed.GetValue(agent)!) is { } id
            ? Tool.Show(await services.GetRequiredService<StopAgent>().RunAsync(id, stop, Tool.Actor, ct), changed => Text(changed, parsed.GetValue(json)))
            : Tool.Refuse(AgentFailures.NotFound)));
        return command;
    }

    private static Argument<string> Agent() => new("agent") { Description = "The agent's id, ag_…, or the UUID that the agents door shows." };

    private static string Text(Agent agent, bool json)
    {
        var shown = AgentShown.Of(agent);
        return json ? JsonSerializer.Serialize(shown, ToolJson.Default.AgentShown) : shown.ToString();
    }
}

/// <summary>An agent, as commands show it.</summary>
internal sealed record AgentShown(string Id, string Organization, string Name, string Status, string CreatedAt, IReadOnlyList<string> Scopes)
{
    public static AgentShown Of(Agent agent) => new(
        agent.Id.ToString(), agent.Organization.ToString(), agent.Name, Words.Of(agent.Status), agent.CreatedAt.Iso(), agent.Scopes);

    public override string ToString() => $"{Id}  {Organization}  {Status,-14}  {CreatedAt}  {Name}";
}
