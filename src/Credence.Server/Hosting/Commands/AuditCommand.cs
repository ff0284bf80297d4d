using System.CommandLine;
using Credence.Keys;
using Credence.Proofs;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence audit verify|export|rotate-key</c> (design D7).</summary>
internal static class AuditCommand
{
    /// <summary>The command and its verbs.</summary>
    public static Command Command(SettingValues settings) =>
        new("audit", "Exports and checks the audit log.") { Verify(), Export(settings), RotateKey(settings) };

    private static Command Verify()
    {
        var file = new Argument<FileInfo>("file") { Description = "The export, as /audit/v1/export or `credence audit export` gave it." };
        var keys = new Option<string[]>("--key")
        {
            Description = "The public key of the checkpoints, as /audit/v1/keys shows it (or name+id+key), got from somewhere else than the file. Again for each key there was.",
            Required = true,
        };
        var earlier = new Option<FileInfo?>("--checkpoint") { Description = "Checkpoints kept from earlier, one after the other: what AUDIT_CHECKPOINT_FILE holds." };
        var command = new Command("verify", "Checks an export with the public key alone, without server or database; exits 1 if anything is wrong.") { file, keys, earlier };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(file)!, parsed.GetValue(keys)!, parsed.GetValue(earlier), ct));
        return command;
    }

    private static Command Export(SettingValues settings)
    {
        var organization = new Argument<string>("organization") { Description = "The organization's id." };
        var command = new Command("export", "Writes the audit log of an organization to standard output, for `credence audit verify`.") { organization };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            await using var output = Console.OpenStandardOutput();
            await services.GetRequiredService<ExportAudit>().RunAsync(parsed.GetValue(organization)!, output, ct);
            return 0;
        }));
        return command;
    }

    private static Command RotateKey(SettingValues settings)
    {
        var command = new Command("rotate-key", "Signs checkpoints with a new key from now on. Tell those who verify: they need both public keys.");
        command.SetAction((_, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var made = await services.GetRequiredService<CheckpointKeys>().RotateAsync(ct);
            await (made.Succeeded ? Console.Out : Console.Error).WriteLineAsync(made.Succeeded ? Convert.ToBase64String(NoteKey.PublicBytes(made.Value)) : made.Failure.Detail);
            return made.Succeeded ? 0 : 1;
        }));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, string[] keys, FileInfo? earlier, CancellationToken ct)
    {
        var read = keys.Select(NoteKey.ParsePublic).OfType<SigningKey>().ToList();
        if (read.Count < keys.Length) return Refuse("--key must be a public key as /audit/v1/keys shows it, or name+id+key");
        try
        {
            var kept = earlier is null ? [] : Kept(earlier, read);
            using var export = file.OpenText();
            var verdict = await VerifyExport.RunAsync(export, read, kept, ct);
            foreach (var line in VerdictText.Lines(verdict)) await Console.Out.WriteLineAsync(line);
            return verdict.Holds ? 0 : 1;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return Refuse(error.Message);
        }
    }

    private static List<Checkpoint> Kept(FileInfo file, List<SigningKey> keys)
    {
        using var text = file.OpenText();
        return KeptCheckpoints.Read(text, keys);
    }

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return 1;
    }
}
