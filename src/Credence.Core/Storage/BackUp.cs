namespace Credence.Storage;

/// <summary>Copies an embedded database into a file of its own while it is in use; the copy is the database as it was at one moment.</summary>
public static class BackUp
{
    /// <param name="db">The database; of SQLite.</param>
    /// <param name="file">The copy, which must not be there yet. Only its owner may read it.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>How many bytes it has; or why there is none.</returns>
    public static async Task<Result<long>> RunAsync(Db db, string file, CancellationToken ct)
    {
        if (db.Engine.Kind != EngineKind.Sqlite) return Failure.Invalid("a PostgreSQL database is backed up with pg_dump");
        try
        {
            var fresh = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) fresh.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            await using var empty = new FileStream(file, fresh);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return Failure.Invalid(error.Message);
        }

        await db.NumberAsync($"vacuum into {file}", ct); // outside of any transaction, as SQLite wants it
        await using var copy = DatabaseUrl.Engine($"sqlite:{file}", poolMax: 1);
        var sound = await new Db(copy).FirstAsync($"pragma integrity_check(1)", row => row.Text("integrity_check"), ct);
        return sound == "ok" ? new FileInfo(file).Length : throw new InvalidDataException($"the copy is damaged, and so is the database: {sound}");
    }
}
