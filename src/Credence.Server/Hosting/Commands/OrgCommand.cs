using System.CommandLine;
using System.Text.Json;
using Credence.Organizations;
using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence org list|show|create|suspend|resume</c>: what <c>/v1/admin</c> and <c>/v1/signup</c> do, for an operator at a terminal.</summary>
internal static class OrgCommand
{
    private const int PageSize = 500;

    /// <summary>The command and its verbs.</summary>
    public static Command Command(SettingValues settings) =>
        new("org", "Shows and changes organizations.") { List(settings), Show(settings), Create(settings), Suspend(settings), Resume(settings) };

    private static Command List(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var command = new Command("list", "Shows every organization, newest first.") { json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var all = new List<OrganizationShown>();
            for (var page = await PageAsync(0); page.Count > 0; page = await PageAsync(all.Count)) all.AddRange(page.Select(OrganizationShown.Of));
            return Tool.Show<List<OrganizationShown>>(all, shown => parsed.GetValue(json)
                ? JsonSerializer.Serialize(shown, ToolJson.Default.ListOrganizationShown)
                : string.Join(Environment.NewLine, shown));

            Task<List<Organization>> PageAsync(int skip) => OrganizationStore.ListAsync(services.GetRequiredService<Db>(), skip, PageSize, ct);
        }));
        return command;
    }

    private static Command Show(SettingValues settings)
    {
        var (json, id) = (ToolOptions.Json(), ToolOptions.Organization());
        var command = new Command("show", "Shows one organization.") { id, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
            Tool.Show(await ToolOptions.FindAsync(services, parsed.GetValue(id)!, ct), found => Text(OrganizationShown.Of(found), parsed.GetValue(json)))));
        return command;
    }

    private static Command Create(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var name = new Argument<string>("name") { Description = "What it is called." };
        var email = new Option<string?>("--email") { Description = "Its e-mail address." };
        var sandbox = new Option<bool>("--sandbox") { Description = "For trying things out: every request for consent is approved at once." };
        var command = new Command("create", "Makes an organization, and shows its API key for the only time.") { name, email, sandbox, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var input = new SignUp.Input(parsed.GetValue(name)!.Trim(), parsed.GetValue(email), parsed.GetValue(sandbox) ? OrganizationMode.Sandbox : OrganizationMode.Live);
            if (input.Name.Length is 0 or > 200) return Tool.Refuse(Failure.Invalid("name must have 1 to 200 characters"));
            return Tool.Show(
                await services.GetRequiredService<SignUp>().RunAsync(input, ct),
                made => Text(OrganizationShown.Of(made.Organization) with { ApiKey = made.ApiKey.Plaintext }, parsed.GetValue(json)));
        }));
        return command;
    }

    private static Command Suspend(SettingValues settings) => Change(
        settings, "suspend", "Stops an organization's API keys, within a second on every node.", (suspend, id, ct) => suspend.SuspendAsync(id, Tool.Actor, ct));

    private static Command Resume(SettingValues settings) => Change(
        settings, "resume", "Lets a suspended organization's API keys work again.", (suspend, id, ct) => suspend.ResumeAsync(id, Tool.Actor, ct));

    private static Command Change(
        SettingValues settings, string verb, string about, Func<SuspendOrganization, Id<Organization>, CancellationToken, Task<Result<Organization>>> run)
    {
        var (json, id) = (ToolOptions.Json(), ToolOptions.Organization());
        var command = new Command(verb, about) { id, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var found = await ToolOptions.FindAsync(services, parsed.GetValue(id)!, ct);
            if (!found.Succeeded) return Tool.Refuse(found.Failure);
            var changed = await run(services.GetRequiredService<SuspendOrganization>(), found.Value.Id, ct);
            return Tool.Show(changed, organization => Text(OrganizationShown.Of(organization), parsed.GetValue(json)));
        }));
        return command;
    }

    private static string Text(OrganizationShown organization, bool json) =>
        json ? JsonSerializer.Serialize(organization, ToolJson.Default.OrganizationShown) : organization.ToString();
}
