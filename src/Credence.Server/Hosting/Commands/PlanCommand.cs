using System.CommandLine;
using System.Text.Json;
using Credence.Billing;
using Credence.Organizations;
using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence plan show|set</c>: what an organization may have. The agents door calls it tier, and so may one here.</summary>
internal static class PlanCommand
{
    /// <summary>The command and its verbs.</summary>
    public static Command Command(SettingValues settings) => new("plan", "Shows and changes an organization's plan, which the agents door calls tier.") { Aliases = { "tier" }, Subcommands = { Show(settings), Set(settings) } };

    private static Command Show(SettingValues settings)
    {
        var (json, org) = (ToolOptions.Json(), ToolOptions.Organization());
        var command = new Command("show", "Shows an organization's plan.") { org, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var found = await ToolOptions.FindAsync(services, parsed.GetValue(org)!, ct);
            if (!found.Succeeded) return Tool.Refuse(found.Failure);
            var subscription = await SubscriptionStore.FindAsync(services.GetRequiredService<Db>(), found.Value.Id, ct) ?? Subscription.NoneOf(found.Value.Id);
            return Tool.Show<Subscription>(subscription, shown => Text(shown, parsed.GetValue(json)));
        }));
        return command;
    }

    private static Command Set(SettingValues settings)
    {
        var (json, org) = (ToolOptions.Json(), ToolOptions.Organization());
        var plan = ToolOptions.OneOf<Plan>(new Argument<string>("plan") { Description = "The plan." });
        var command = new Command("set", "Gives an organization a plan, within a second on every node.") { org, plan, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var found = await ToolOptions.FindAsync(services, parsed.GetValue(org)!, ct);
            if (!found.Succeeded) return Tool.Refuse(found.Failure);
            var set = await services.GetRequiredService<SetPlan>().RunAsync(found.Value.Id, Words.Find<Plan>(parsed.GetValue(plan))!.Value, Tool.Actor, ct);
            return Tool.Show(set, subscription => Text(subscription, parsed.GetValue(json)));
        }));
        return command;
    }

    private static string Text(Subscription subscription, bool json)
    {
        var shown = PlanShown.Of(subscription);
        return json ? JsonSerializer.Serialize(shown, ToolJson.Default.PlanShown) : shown.ToString();
    }
}
