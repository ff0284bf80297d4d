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
        var json = new Option<bool>("--json") { Description = "As one JSON array." };
        var command = new Command("list", "Shows every key that is known: name, algorithm, status, source, dates. Nothing of it is secret.") { json };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var keys = await services.GetRequiredService<ListKeys>().RunAsync(ct);
            if (!parsed.GetValue(json)) return Show(keys);
            Console.Out.WriteLine(KeysText.Json(keys));
            return 0;
        }));
        return command;
    }

    private static Command Rotate(SettingValues settings)
    {
        var algorithm = new Option<KeyAlgorithm?>("--algorithm") { Description = "Only this kind of key." };
        var now = new Option<bool>("--now") { Description = "Lets the next key sign as soon as every node has read it, without publishing it ahead for KEY_PUBLISH_AHEAD." };
        var command = new Command("rotate", "Publishes the next key, which takes over by itself; the former one goes on verifying.") { algorithm, now };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var rotated = await services.GetRequiredService<RotateKeys>().RequestAsync(parsed.GetValue(algorithm), parsed.GetValue(now), ct);
            return rotated.Succeeded ? Show(rotated.Value) : Tool.Refuse(rotated.Failure);
        }));
        return command;
    }

    private static Command Retire(SettingValues settings)
    {
        var kid = new Argument<string>("kid") { Description = "The key, as `credence keys list` names it." };
        var now = new Option<bool>("--now") { Description = "At once, because it leaked: all its tokens are refused." };
        var command = new Command("retire", "Takes one key out of use.") { kid, now };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var retired = await services.GetRequiredService<RetireKey>().RunAsync(parsed.GetValue(kid)!, parsed.GetValue(now), ct);
            return retired.Succeeded ? Show([retired.Value]) : Tool.Refuse(retired.Failure);
        }));
        return command;
    }

    private static int Show(IReadOnlyList<KeyInfo> keys)
    {
        foreach (var line in KeysText.Lines(keys)) Console.Out.WriteLine(line);
        return 0;
    }
}
