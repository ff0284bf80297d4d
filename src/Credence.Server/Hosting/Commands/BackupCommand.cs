using System.CommandLine;
using System.Text.Json;
using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary><c>credence backup</c>: a copy of an embedded database while the server runs. PostgreSQL brings its own tool, which it names.</summary>
internal static class BackupCommand
{
    private const string UsePgDump = "this is PostgreSQL: run  pg_dump --format=custom --file=FILE \"$DATABASE_URL\"  and see docs/operations.md";

    /// <summary>The command.</summary>
    public static Command Command(SettingValues settings)
    {
        var json = ToolOptions.Json();
        var file = new Argument<FileInfo>("file") { Description = "The copy, which must not be there yet." };
        var command = new Command("backup", "Copies an SQLite database into a file while the server runs, and checks the copy. The keys it is encrypted under are not in it.") { file, json };
        command.SetAction((parsed, ct) => Tool.RunAsync(settings, async services =>
        {
            var db = services.GetRequiredService<Db>();
            if (db.Engine.Kind == EngineKind.Postgres) return Tool.Refuse(Failure.Invalid(UsePgDump));
            var to = parsed.GetValue(file)!.FullName;
            var copied = await Progress.OnError().WhileAsync(() => BackUp.RunAsync(db, to, ct), () => $"backup: {Megabytes(to)} MB are copied");
            return Tool.Show(copied, bytes => parsed.GetValue(json)
                ? JsonSerializer.Serialize(new BackupShown(to, bytes), ToolJson.Default.BackupShown)
                : $"{to}  {bytes} bytes, sound");
        }));
        return command;
    }

    private static long Megabytes(string file) => File.Exists(file) ? new FileInfo(file).Length >> 20 : 0;
}

/// <summary>A backup, as the command shows it.</summary>
internal sealed record BackupShown(string File, long Bytes);
