using System.CommandLine;
using System.Text.Json;
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
        var json = ToolOptions.Json();
        var file = new Argument<FileInfo>("file") { Description = "The export, as /audit/v1/export or `credence audit export` gave it." };
        var keys = new Option<string[]>("--key")
        {
            Description = "The public key of the checkpoints, as /audit/v1/keys shows it (or name+id+key), got from somewhere else than the file. Again for each key there was.",
            Required = true,
        };
        var earlier = new Option<FileInfo?>("--checkpoint") { Description = "Checkpoints kept from earlier, one after the other: what AUDIT_CHECKPOINT_FILE holds." };
        var command = new Command("verify", "Checks an export with the public key alone, without server or database; exits 1 if anything is wrong.") { file, keys, earlier, json };
        command.SetAction((parsed, ct) => RunAsync(parsed.GetValue(file)!, parsed.GetValue(keys)!, parsed.GetValue(earlier), parsed.GetValue(json), ct));
        return command;
    }

    private static Command Export(SettingValues settings)
    {
        var organization = new Argument<string>("organization") { Description = "The organization's id." };
        var command = new Command("export", "Writes the audit log of an organization to standard output, for `credence audit verify`.") { organization };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            await using var output = Console.OpenStandardOutput();
            var progress = Progress.OnError();
            await services.GetRequiredService<ExportAudit>().RunAsync(
                parsed.GetValue(organization)!, output, (done, all) => progress.At(() => $"audit export: {done} of {all} entries"), ct);
            return 0;
        }));
        return command;
    }

    private static Command RotateKey(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var command = new Command("rotate-key", "Signs checkpoints with a new key from now on. Tell those who verify: they need both public keys.") { json };
        command.SetAction((parsed, ct) => Tool.RunWithKeysAsync(settings, async services =>
        {
            var made = await services.GetRequiredService<CheckpointKeys>().RotateAsync(ct);
            return Tool.Show(made, key => parsed.GetValue(json)
                ? JsonSerializer.Serialize(new CheckpointKeyShown(Convert.ToBase64String(NoteKey.PublicBytes(key))), ToolJson.Default.CheckpointKeyShown)
                : Convert.ToBase64String(NoteKey.PublicBytes(key)));
        }));
        return command;
    }

    private static async Task<int> RunAsync(FileInfo file, string[] keys, FileInfo? earlier, bool json, CancellationToken ct)
    {
        var read = keys.Select(NoteKey.ParsePublic).OfType<SigningKey>().ToList();
        if (read.Count < keys.Length) return Refuse("--key must be a public key as /audit/v1/keys shows it, or name+id+key");
        try
        {
            var kept = earlier is null ? [] : Kept(earlier, read);
            using var export = file.OpenText();
            var progress = Progress.OnError();
            var verdict = await VerifyExport.RunAsync(export, read, kept, lines => progress.At(() => $"audit verify: {Share(export.BaseStream)}{lines} lines"), ct);
            foreach (var line in json ? [VerdictText.Json(verdict)] : VerdictText.Lines(verdict)) await Console.Out.WriteLineAsync(line);
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

    /// <summary>How far a file was read; of a pipe nobody knows.</summary>
    private static string Share(Stream file) => file is { CanSeek: true, Length: > 0 } ? $"{file.Position * 100 / file.Length} %, " : "";

    private static int Refuse(string why)
    {
        Console.Error.WriteLine(why);
        return 1;
    }
}

/// <summary>The public key that signs checkpoints from now on, as <c>/audit/v1/keys</c> shows it.</summary>
internal sealed record CheckpointKeyShown(string PublicKey);
