using System.CommandLine;
using System.Text.Json;
using Credence.Configurations;
using Credence.People;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence config list|set|reencrypt</c> (contract identity B.8, ID-49, ID-50).</summary>
internal static class ConfigCommand
{
    /// <summary>The command and its verbs.</summary>
    public static Command Command(SettingValues settings) =>
        new("config", "Works on what administrators configured at run time.") { List(settings), Set(settings), Reencrypt(settings) };

    private static Command List(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var group = new Option<string?>("--group") { Description = "Only this group: MAIL, SMS or OTP." };
        var command = new Command("list", "Shows what can be set at run time, with what it is now; of a credential, whether there is one.") { group, json };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var found = await services.GetRequiredService<ListConfigurations>().RunAsync(parsed.GetValue(group), ct);
            return Tool.Show<List<ConfigurationShown>>(found.Select(ConfigurationShown.Of).ToList(), shown => parsed.GetValue(json)
                ? JsonSerializer.Serialize(shown, ToolJson.Default.ListConfigurationShown)
                : string.Join(Environment.NewLine, shown));
        }));
        return command;
    }

    private static Command Set(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var group = new Argument<string>("group") { Description = "MAIL, SMS or OTP." };
        var code = new Argument<string>("code") { Description = "What of it, as `credence config list` names it." };
        var value = new Argument<string>("value") { Description = "The value, as JSON. A credential stays as it is while the value sends it where it went." };
        var command = new Command("set", "Sets something at run time, on every node; what it may be, the people door's /configurations says.") { group, code, value, json };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var (inGroup, of) = (parsed.GetValue(group)!, parsed.GetValue(code)!);
            if (Read(parsed.GetValue(value)!) is not { } given) return Tool.Refuse(Failure.Invalid("value must be JSON"));
            var act = PeopleAudit.Event("configuration.changed", Tool.Actor, $"{inGroup}/{of}");
            var changed = await services.GetRequiredService<ChangeConfiguration>().RunAsync(new ChangeConfiguration.Input(inGroup, of, given, Credential: null), act, ct);
            return Tool.Show(changed, set => parsed.GetValue(json)
                ? JsonSerializer.Serialize(ConfigurationShown.Of(set), ToolJson.Default.ConfigurationShown)
                : $"{set.Group} {set.Code} {set.Value}");
        }));
        return command;
    }

    private static JsonElement? Read(string text)
    {
        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static Command Reencrypt(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var command = new Command(
            "reencrypt", "Encrypts providers' credentials under APP_ENV_APPLICATION_SECRET that are under a former secret, so that the former may go. Exits 1 if one cannot be opened.")
        {
            json,
        };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var told = parsed.GetValue(json) ? Console.Error : Console.Out;
            var done = await services.GetRequiredService<ReencryptCredentials>().RunAsync(so => told.WriteLine($"{so.Seen} credentials seen, {so.Renewed} re-encrypted"), ct);
            Console.Out.WriteLine(parsed.GetValue(json)
                ? JsonSerializer.Serialize(done, ToolJson.Default.Reencrypted)
                : $"done: {done.Renewed} of {done.Seen} credentials re-encrypted");
            if (done.Lost == 0) return 0;
            await Console.Error.WriteLineAsync($"{done.Lost} cannot be opened with the secrets given: set APP_ENV_APPLICATION_SECRET_PREVIOUS to the one they are under, or set them anew");
            return 1;
        }));
        return command;
    }
}
