using System.CommandLine;
using Credence.Keys;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence keys list|rotate|retire</c> (design D3).</summary>
internal static class KeysCommand
{
    /// <summary>The command and its verbs.</summary>
    public static Command Command(SettingValues settings) =>
        new("keys", "Shows and changes the signing keys.") { List(settings), Rotate(settings), Retire(settings) };

    private static Command List(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var command = new Command("list", "Shows every key that is known: name, algorithm, status, source, dates. Nothing of it is secret.") { json };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            return Show(await services.GetRequiredService<ListKeys>().RunAsync(ct), parsed.GetValue(json));
        }));
        return command;
    }

    private static Command Rotate(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var algorithm = new Option<KeyAlgorithm?>("--algorithm") { Description = "Only this kind of key." };
        var now = new Option<bool>("--now") { Description = "Lets the next key sign as soon as every node has read it, without publishing it ahead for KEY_PUBLISH_AHEAD." };
        var command = new Command("rotate", "Publishes the next key, which takes over by itself; the former one goes on verifying.") { algorithm, now, json };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var rotated = await services.GetRequiredService<RotateKeys>().RequestAsync(parsed.GetValue(algorithm), parsed.GetValue(now), ct);
            return rotated.Succeeded ? Show(rotated.Value, parsed.GetValue(json)) : Tool.Refuse(rotated.Failure);
        }));
        return command;
    }

    private static Command Retire(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var kid = new Argument<string>("kid") { Description = "The key, as `credence keys list` names it." };
        var now = new Option<bool>("--now") { Description = "At once, because it leaked: all its tokens are refused." };
        var command = new Command("retire", "Takes one key out of use.") { kid, now, json };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var retired = await services.GetRequiredService<RetireKey>().RunAsync(parsed.GetValue(kid)!, parsed.GetValue(now), ct);
            return retired.Succeeded ? Show([retired.Value], parsed.GetValue(json)) : Tool.Refuse(retired.Failure);
        }));
        return command;
    }

    private static int Show(IReadOnlyList<KeyInfo> keys, bool json)
    {
        foreach (var line in json ? [KeysText.Json(keys)] : KeysText.Lines(keys)) Console.Out.WriteLine(line);
        return 0;
    }
}
