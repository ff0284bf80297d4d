using Credence.Server.Hosting.Settings;
using Credence.Storage;

namespace Credence.Server.Hosting.Doctor;

/// <summary>The disks that this server writes to. PostgreSQL's own is on its machine and cannot be seen from here.</summary>
internal static class DiskCheck
{
    private const string Check = "disk";

    /// <summary>Less is nearly full, but on a small disk a tenth of it will do.</summary>
    private const long Enough = 2L << 30;

    /// <summary>Room on a disk, in bytes.</summary>
    internal sealed record Room(long Free, long Total);

    private sealed record Place(string What, string Folder, bool IsMadeByServer);

    /// <summary>Looks at this machine's disks.</summary>
    public static void Run(SettingValues settings, Examination found) => Run(settings, Look, found);

    /// <summary>The same with disks that are told by <paramref name="look"/>: null for one that cannot be looked at.</summary>
    internal static void Run(SettingValues settings, Func<string, Room?> look, Examination found)
    {
        foreach (var place in Places(settings))
        {
            if (!place.IsMadeByServer && !Directory.Exists(place.Folder))
            {
                found.Found(Check, $"there is no folder for {place.What}", $"no folder {place.Folder}", $"mkdir -p {place.Folder}, for the account that the server runs as");
                continue;
            }

            var folder = NearestTo(place.Folder);
            if (look(folder) is not { } room)
            {
                found.Looked($"disk of {place.What}: it does not say how much room it has");
                continue;
            }

            found.Looked($"disk of {place.What}: {Megabytes(room.Free)} MB of {Megabytes(room.Total)} are free");
            if (room.Free >= Math.Min(room.Total / 10, Enough)) continue;
            found.Found(
                Check, $"the disk of {place.What} is nearly full", $"{Megabytes(room.Free)} MB of {Megabytes(room.Total)} are free at {folder}",
                "make room there or a larger disk, before it is full and nothing more is written: docs/operations.md, a disk fills up");
        }
    }

    private static IEnumerable<Place> Places(SettingValues settings)
    {
        if (settings.Of(StoreSettings.DatabaseUrl) is { } url && DatabaseUrl.SqliteFile(url) is { } file) yield return new Place("the database", FolderOf(file), IsMadeByServer: true);
        if (settings.Of(UsageSettings.JournalFolder) is { } journal) yield return new Place("counts that are not stored yet", Path.GetFullPath(journal), IsMadeByServer: true);
        if (settings.Of(AuditSettings.CheckpointFile) is { } checkpoints) yield return new Place("the audit log's checkpoints", FolderOf(checkpoints), IsMadeByServer: false);
        if (settings.Of(MailSettings.PickupDirectory) is { } pickup) yield return new Place("mails that become files", Path.GetFullPath(pickup), IsMadeByServer: true);
    }

    private static string FolderOf(string file) => Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";

    /// <summary>A folder that the server is yet to make will be on the disk of the one above it.</summary>
    private static string NearestTo(string folder)
    {
        while (!Directory.Exists(folder) && Path.GetDirectoryName(folder) is { } above) folder = above;
        return folder;
    }

    private static Room? Look(string folder)
    {
        try
        {
            var disk = new DriveInfo(folder);
            return new Room(disk.AvailableFreeSpace, disk.TotalSize);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }

    private static long Megabytes(long bytes) => bytes >> 20;
}
