using System.CommandLine;
using Credence.Configurations;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence config reencrypt</c> (contract identity B.8).</summary>
internal static class ConfigCommand
{
    /// <summary>The command and its verb.</summary>
    public static Command Command(SettingValues settings) =>
        new("config", "Works on what administrators configured at run time.") { Reencrypt(settings) };

    private static Command Reencrypt(SettingValues settings)
    {
        var command = new Command(
            "reencrypt", "Encrypts providers' credentials under APP_ENV_APPLICATION_SECRET that are under a former secret, so that the former may go. Exits 1 if one cannot be opened.");
        command.SetAction((_, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var done = await services.GetRequiredService<ReencryptCredentials>().RunAsync(so => Console.Out.WriteLine($"{so.Seen} credentials seen, {so.Renewed} re-encrypted"), ct);
            Console.Out.WriteLine($"done: {done.Renewed} of {done.Seen} credentials re-encrypted");
            if (done.Lost == 0) return 0;
            await Console.Error.WriteLineAsync($"{done.Lost} cannot be opened with the secrets given: set APP_ENV_APPLICATION_SECRET_PREVIOUS to the one they are under, or set them anew");
            return 1;
        }));
        return command;
    }
}
